/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_QEMU_H
#define VM_QEMU_H

#include "vm/monitor.h"

#endif
