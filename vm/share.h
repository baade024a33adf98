/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_SHARE_H
#define VM_SHARE_H

#include "runner/base/fault.h"

/* Where the guest finds what was shared, without the first slash. */
#define SHARE_PATH "share"

/*
 * An image with the folder `dir` in it as /share: the initramfs `initrd`, and behind it an archive of the folder, which
 * every kernel unpacks. It is a copy: nothing that the guest does to it comes back. Files keep their permissions and
 * belong to root; what is neither file, folder nor link is left out.
 * most: bytes that the files may have together
 * Returns a descriptor of a file in memory, which everybody may open again by /dev/fd/N; -1 with a fault.
 */
int share_pack(const char *dir, const char *initrd, long long most, struct fault *fault);

#endif
