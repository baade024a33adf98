// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/accel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"

static char *read_word(const char *path)
{
	char word[64] = "unknown";
	FILE *f = fopen(path, "re");

	if (f && !fgets(word, sizeof(word), f))
		*word = '\0';
	if (f)
		fclose(f);
	word[strcspn(word, "\n")] = '\0';
	return mem_strdup(word);
}

void accel_init(struct accel_memory *m, const char *cache, const char *monitor_version)
{
	char *boot = read_word("/proc/sys/kernel/random/boot_id");

	m->path = mem_printf("%s/accel", cache);
	m->key = mem_printf("kvm-broken %s %s\n", boot, monitor_version);
	free(boot);
}

void accel_free(struct accel_memory *m)
{
	free(m->path);
	free(m->key);
	*m = (struct accel_memory){0};
}

static bool kvm_is_broken(const struct accel_memory *m)
{
	char line[512] = "";
	FILE *f = fopen(m->path, "re");
	bool known = f && fgets(line, sizeof(line), f) && !strcmp(line, m->key);

	if (f)
		fclose(f);
	return known;
}

void accel_remember_broken(const struct accel_memory *m)
{
	char *tmp = mem_printf("%s.%d.tmp", m->path, (int)getpid());
	FILE *f = fopen(tmp, "we");
	bool written = f && fputs(m->key, f) >= 0;

	if (f && fclose(f))
		written = false;
	if (!written || rename(tmp, m->path))
		unlink(tmp); /* it will be tried again, that is all */
	free(tmp);
}

enum accel accel_choose(const struct accel_memory *m, enum accel wish, bool kvm_opens)
{
	if (wish != ACCEL_AUTO)
		return wish;
	return kvm_opens && !kvm_is_broken(m) ? ACCEL_KVM : ACCEL_TCG;
}

const char *accel_name(enum accel accel)
{
	return accel == ACCEL_KVM ? "kvm" : accel == ACCEL_TCG ? "tcg" : "auto";
}
