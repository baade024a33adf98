/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_SPEC_H
#define VM_SPEC_H

/* What a value of --kernel says: KERNEL, or KERNEL:config=FILE,modules=DIR with one of the two or both, in any order. */
struct kernel_spec {
	char *kernel;           /* a name, a file or a folder (vm/kernel.h) */
	char *config, *modules; /* NULL: nothing is said of it */
};

/*
 * Takes such a value apart. One that is the name of a file is that file, whatever it looks like; a colon or comma with a
 * word and = after it is a part of a name nowhere else. Free with kernel_spec_free(), also after a fault.
 * Returns NULL, or what the value would have to be.
 */
const char *kernel_spec_read(struct kernel_spec *spec, const char *value);
void kernel_spec_free(struct kernel_spec *spec);

#endif
