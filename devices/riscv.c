/*
 * The least an RV32 needs to run an engine on QEMU's `virt` board: stack and global pointer, console by the 16550's
 * transmit register, exit by the test finisher. The emulator loads .data and clears .bss, so start copies nothing.
 * With DEVICE_SEMIHOSTING, on any simulated chip: console and exit by semihosting.
 */
#include "device.h"

#ifndef DEVICE_SEMIHOSTING
#define UART (*(volatile uint8_t *)0x10000000u)
#define FINISHER (*(volatile uint32_t *)0x100000u)
#endif

/* Lets the assembler take CSR instructions while the compiler (and its choice of libraries) stays at plain RV32IMC. */
__asm__(".option arch, +zicsr");

void device_start(void);

#ifdef DEVICE_SEMIHOSTING
static void semihost(uint32_t number, uint32_t value) {
    register uint32_t operation __asm__("a0") = number;
    register uint32_t argument __asm__("a1") = value;
    __asm__ volatile(".option push\n\t.option norvc\n\tslli x0, x0, 0x1f\n\tebreak\n\tsrai x0, x0, 7\n\t.option pop"
                     : "+r"(operation)
                     : "r"(argument)
                     : "memory");
}
#endif

void device_write(const char *text) {
#ifdef DEVICE_SEMIHOSTING
    semihost(0x04, (uint32_t)text); /* SYS_WRITE0 */
#else
    while (*text) {
        UART = (uint8_t)*text++;
    }
#endif
}

void device_exit(int status) {
#ifdef DEVICE_SEMIHOSTING
    semihost(0x18, status == 0 ? 0x20026u : 0x20023u); /* SYS_EXIT: an application's end, or an error */
#else
    FINISHER = status == 0 ? 0x5555u : ((uint32_t)status << 16) | 0x3333u;
#endif
    for (;;) {
    }
}

__attribute__((used)) static void device_first(void) {
    device_exit(device_main());
}

__attribute__((used, aligned(4))) static void fault(void) {
    device_write("fault\n");
    device_exit(3);
}

/* A core that has no trap vector, or is simulated, tells of faults in its own way. */
#ifdef ENGINE_INFER_ONLY
#define FAULT_VECTOR ""
#else
#define FAULT_VECTOR "la t0, fault\n\tcsrw mtvec, t0\n\t"
#endif

__attribute__((naked, section(".vectors"), used)) void device_start(void) {
    __asm__ volatile(".option push\n\t.option norelax\n\tla gp, __global_pointer$\n\t.option pop\n\t"
                     "la sp, device_stack_top\n\t" FAULT_VECTOR "tail device_first");
}
