#ifndef DEVICE_H
#define DEVICE_H

#include <stdint.h>

/* What main.c asks of a board; arm.c, riscv.c and avr.c give it. */
void device_write(const char *text);
void device_exit(int status) __attribute__((noreturn));

/* The stack's memory, from the linker script; it grows down from the top. */
extern uint32_t device_stack_bottom[], device_stack_top[];

#if defined(__riscv)
#define STACK_POINTER "mv %0, sp"
#elif defined(__AVR__)
#define STACK_POINTER "in %A0, __SP_L__\n\tin %B0, __SP_H__"
#else
#define STACK_POINTER "mov %0, sp"
#endif

/* main.c: 0 when the self-test passed. */
int device_main(void);

#endif
