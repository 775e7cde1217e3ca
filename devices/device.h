#ifndef DEVICE_H
#define DEVICE_H

#include <stdint.h>

/* What main.c asks of a board; arm.c and riscv.c give it. */
void device_write(const char *text);
void device_exit(int status) __attribute__((noreturn));

/* A clock that the emulator moves by a fixed number of instructions a tick. */
uint64_t device_ticks(void);

/* main.c: 0 when the self-test passed. */
int device_main(void);

#endif
