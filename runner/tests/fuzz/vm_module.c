// SPDX-License-Identifier: GPL-2.0-only
/* Modules, and the host's programs and libraries, both read with libelf. */
#include <stdint.h>
#include <stdlib.h>

#include "runner/base/mem.h"
#include "runner/tests/vm/samples.h"
#include "vm/modules.h"
#include "vm/strip.h"
#include "vm/tools.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *lines[] = {"alias=rtnl-link-veth", "softdep=pre: x post: y", "vermagic=1 SMP",
			       "depends=a,b"};

	(void)argc;
	(void)argv;
	sample_seed("plain", sample_module_of("a,b-c"));
	sample_seed("all", sample_module(lines, 4));
	sample_seed("debug", sample_module_debug(64));
	sample_seed("none", sample_module(NULL, 0));
	return 0;
}

static void as_program(const struct bytes *elf)
{
	struct strings needed = {0};
	struct fault fault = {0};
	char *interpreter;

	if (elf_needs(elf, "input", &needed, &interpreter, &fault) < 0 && !fault.status)
		abort();
	strings_free(&needed);
	free(interpreter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes elf = {0}; /* a copy: libelf takes a writable block */
	struct fault fault = {0};
	struct modinfo info;

	bytes_append(&elf, data, size);
	if (modinfo_parse(&elf, "input", &info, &fault) < 0 && !fault.status)
		abort();
	modinfo_free(&info);
	strip_module(&elf);
	unsign_module(&elf);
	as_program(&elf);
	bytes_free(&elf);
	return 0;
}
