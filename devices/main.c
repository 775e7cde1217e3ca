/*
 * Runs an engine's self-test, then one inference of its recorded input between two marks and on a painted stack, and
 * tells the console. The self-test is included as text, so that its recorded frame can be used again.
 *
 * ENGINE_SELFTEST_FILE "name_selftest.c", ENGINE_SELFTEST name_selftest, ENGINE_RUN name_run(frame, out); of an engine that
 * wants working memory besides its own, ENGINE_SCRATCH name_scratch_bytes. With ENGINE_INFER_ONLY the self-test does not run.
 */
#include "device.h"
#include "mark.h"
#include ENGINE_SELFTEST_FILE

#define PAINT 0xA5A5A5A5u

static void write_number(const char *label, uint32_t value) {
    char text[16];
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

/* Bytes of stack one inference takes: all below this frame gets a pattern, and what the inference touches loses it. */
static uint32_t __attribute__((noinline)) infer(void) {
    volatile uint32_t *top;
    volatile uint32_t *p;
    __asm__ volatile(STACK_POINTER : "=r"(top));
    for (p = device_stack_bottom; p + 1 <= top; ++p) {
        *p = PAINT;
    }
    DEVICE_MARK(DEVICE_START);
    (void)ENGINE_RUN;
    DEVICE_MARK(DEVICE_STOP);
    for (p = device_stack_bottom; p + 1 <= top && *p == PAINT; ++p) {
    }
    return (uint32_t)((volatile char *)top - (volatile char *)p);
}

int device_main(void) {
#ifndef ENGINE_INFER_ONLY
    write_number("pingpool selftest ", (uint32_t)ENGINE_SELFTEST());
#endif
    write_number("pingpool stack ", infer());
#ifdef ENGINE_SCRATCH
    write_number("pingpool scratch ", (uint32_t)ENGINE_SCRATCH());
#endif
    return 0;
}
