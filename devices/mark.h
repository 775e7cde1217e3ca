#ifndef DEVICE_MARK_H
#define DEVICE_MARK_H

/*
 * Names the place where a region begins, at no cost: the label and its number go to a section that is not loaded, and
 * whoever emulates the program reads them there. Region k < 1000 is kernel k of the engine.
 */
#define DEVICE_START 1000
#define DEVICE_STOP 1001

#define DEVICE_MARK(region) DEVICE_MARK_NUMBER(region)
#define DEVICE_MARK_NUMBER(number)                                                                                     \
    __asm__ volatile(".pushsection .debug_marks\n\t.4byte 1f, " #number "\n\t.popsection\n1:")

#endif
