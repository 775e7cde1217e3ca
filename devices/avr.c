/*
 * The least an ATmega2560 needs to run an engine on an emulator: console by the data register of its first UART, which
 * never waits there, and exit by a general-purpose register. avr-libc's start-up copies .data and clears .bss.
 */
#include "device.h"
#include <avr/io.h>

void device_write(const char *text) {
    while (*text) {
        UDR0 = (uint8_t)*text++;
    }
}

void device_exit(int status) {
    GPIOR0 = (uint8_t)status;
    for (;;) {
    }
}

int main(void) {
    device_exit(device_main());
}
