/*
 * A plugin for QEMU's TCG (plugin API, version 1): how many instructions ran in each region of a program. Exact, and
 * the same every time; nothing of it runs on the emulated core.
 *
 *   cc -O2 -shared -fPIC -o count.so count.c
 *   qemu-system-arm ... -plugin file=./count.so,marks=marks.txt,out=counts.txt
 *
 * marks: lines `ADDRESS REGION` (hexadecimal, decimal). Running the instruction at ADDRESS enters REGION. Entering
 * region START sets all counts to 0. out: lines `REGION COUNT`, written when the emulator ends.
 *
 * Distributions ship no plugin header, so the functions used are declared here as QEMU documents them.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(
    struct qemu_plugin_tb *, void (*)(unsigned, void *), enum qemu_plugin_cb_flags, void *);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

#define REGIONS 1024
#define START 1000
#define NOWHERE (REGIONS - 1)

struct mark {
    uint64_t address;
    unsigned region;
};

/* Instructions of a translated block up to the next mark; `enters` is the region entered first, or NOWHERE. */
struct piece {
    unsigned enters;
    unsigned instructions;
};

struct block {
    size_t pieces;
    struct piece piece[];
};

static struct mark *marks;
static size_t mark_count;
static uint64_t counts[REGIONS];
static unsigned region = NOWHERE;
static const char *out_path;

static unsigned region_at(uint64_t address)
{
    for (size_t i = 0; i < mark_count; ++i) {
        if (marks[i].address == address) {
            return marks[i].region;
        }
    }
    return NOWHERE;
}

static void run_block(unsigned vcpu, void *data)
{
    const struct block *block = data;
    (void)vcpu;
    for (size_t i = 0; i < block->pieces; ++i) {
        const struct piece piece = block->piece[i];
        if (piece.enters != NOWHERE) {
            region = piece.enters;
            if (region == START) {
                memset(counts, 0, sizeof counts);
            }
        }
        counts[region] += piece.instructions;
    }
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    const size_t length = qemu_plugin_tb_n_insns(tb);
    struct block *block = calloc(1, sizeof *block + (length + 1) * sizeof block->piece[0]);
    (void)id;
    block->piece[0].enters = NOWHERE;
    for (size_t i = 0; i < length; ++i) {
        const unsigned enters = region_at(qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, i)));
        if (enters != NOWHERE) {
            block->piece[++block->pieces].enters = enters;
        }
        ++block->piece[block->pieces].instructions;
    }
    ++block->pieces;
    qemu_plugin_register_vcpu_tb_exec_cb(tb, run_block, QEMU_PLUGIN_CB_NO_REGS, block);
}

static void write_counts(qemu_plugin_id_t id, void *data)
{
    FILE *out = fopen(out_path, "w");
    (void)id;
    (void)data;
    if (!out) {
        return;
    }
    for (unsigned i = 0; i < REGIONS; ++i) {
        if (counts[i] != 0) {
            fprintf(out, "%u %llu\n", i, (unsigned long long)counts[i]);
        }
    }
    fclose(out);
}

static int read_marks(const char *path)
{
    FILE *in = fopen(path, "r");
    unsigned long long address;
    unsigned entered;
    if (!in) {
        return -1;
    }
    while (fscanf(in, "%llx %u", &address, &entered) == 2 && entered < NOWHERE) {
        marks = realloc(marks, (mark_count + 1) * sizeof *marks);
        marks[mark_count++] = (struct mark){address, entered};
    }
    fclose(in);
    return 0;
}

__attribute__((visibility("default"))) int qemu_plugin_install(
    qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; ++i) {
        if (strncmp(argv[i], "marks=", 6) == 0 && read_marks(argv[i] + 6) != 0) {
            return -1;
        }
        if (strncmp(argv[i], "out=", 4) == 0) {
            out_path = strdup(argv[i] + 4);
        }
    }
    if (!out_path) {
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_atexit_cb(id, write_counts, NULL);
    return 0;
}
