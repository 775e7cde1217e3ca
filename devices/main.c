/*
 * Runs an engine's self-test, then one inference of its recorded input against the clock, and tells the console. The
 * self-test is included as text, so that its recorded frame can be used again.
 *
 * ENGINE_SELFTEST_FILE "name_selftest.c", ENGINE_SELFTEST name_selftest, ENGINE_RUN name_run(frame, out)
 */
#include "device.h"
#include ENGINE_SELFTEST_FILE

static void write_number(const char *label, uint64_t value) {
    char text[24];
    char *p = text + sizeof text - 1;
    *p = 0;
    *--p = '\n';
    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    device_write(label);
    device_write(p);
}

int device_main(void) {
    const int selftest = ENGINE_SELFTEST();
    const uint64_t before = device_ticks();
    (void)ENGINE_RUN;
    const uint64_t after = device_ticks();
    write_number("pingpool selftest ", (uint64_t)selftest);
    write_number("pingpool ticks ", after - before);
    return 0;
}
