// SPDX-License-Identifier: GPL-2.0-only
/*
 * gVisor's runsc: a kernel of its own in a process. Its containers' processes and namespaces are that kernel's, and the
 * host sees none of them; what can be asked is asked from inside (runner/guest/inside.h).
 */
#include "helpers/runtime.h"

RUNTIME(runsc, .program = "runsc");
