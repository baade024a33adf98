// SPDX-License-Identifier: GPL-2.0-only
/* Kernel files: whatever the bytes, a valid release or one line of fault. */
#include <stdint.h>
#include <stdlib.h>

#include "runner/tests/vm/samples.h"
#include "vm/boot.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	sample_seed("bzimage", sample_bzimage(SAMPLE_RELEASE));
	sample_seed("vmlinux", sample_vmlinux(SAMPLE_RELEASE, true));
	sample_seed("no-pvh", sample_vmlinux(SAMPLE_RELEASE, false));
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char release[RELEASE_MAX + 1];
	struct fault fault = {0};
	int rc = boot_release(data, size, "input", release, &fault);

	if (rc == 0 ? !release_valid(release) || fault.status : !fault.status)
		abort();
	return 0;
}
