/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_STRIP_H
#define VM_STRIP_H

#include "runner/base/mem.h"

/*
 * Takes the debug information out of a module, as `make INSTALL_MOD_STRIP=1 modules_install` would.
 * The modules of a build tree are ten times as large with it, and would not fit into the guest's memory.
 * Section numbers stay, so that symbols and relocations need no change: a dropped section leaves an empty header.
 * A module without debug information is left as it is, with the signature behind its end; so is one that is not
 * well-formed, for the kernel to judge.
 */
void strip_module(struct bytes *elf);

/*
 * Cuts the signature off a module (scripts/sign-file.c); one without, or with a damaged one, is left as
 * it is. To check a signature is the dearest part of loading a small module: some 30 million instructions, which an
 * emulated machine needs 50 ms and more for. A kernel that does not insist on signatures marks itself as tainted (E).
 */
void unsign_module(struct bytes *elf);

#endif
