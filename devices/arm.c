/*
 * The least a Cortex-M needs to run an engine on an emulated MPS board: vector table, floating point on, console and
 * exit by semihosting. The emulator loads .data and clears .bss, so reset copies nothing.
 */
#include "device.h"

void device_reset(void);

#define CPACR (*(volatile uint32_t *)0xE000ED88u)

static uint32_t semihost(uint32_t operation, const void *argument) {
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void device_write(const char *text) {
    (void)semihost(0x04, text); /* SYS_WRITE0 */
}

void device_exit(int status) {
    const uint32_t block[2] = {0x20026u, (uint32_t)status}; /* ADP_Stopped_ApplicationExit */
    (void)semihost(0x20, block);                            /* SYS_EXIT_EXTENDED */
    for (;;) {
    }
}

static void fault(void) {
    device_write("fault\n");
    device_exit(3);
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))device_stack_top,
    device_reset, fault, fault, fault, fault, fault, fault, 0, 0, 0, fault, fault, 0, fault, fault,
};

void device_reset(void) {
#ifdef __ARM_FP
    CPACR |= 0xFu << 20; /* coprocessors 10 and 11: floating point and MVE */
    __asm__ volatile("dsb\n\tisb");
#endif
    device_exit(device_main());
}
