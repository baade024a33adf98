// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/lack.h"

#include <stdio.h>
#include <string.h>

#include "helpers/kconfig.h"
#include "helpers/ns_type.h"
#include "helpers/record.h"

static bool is_configured(int flag)
{
	static const struct {
		int flag;
		const char *option;
	} options[] = {{NS_CGROUP, "CONFIG_CGROUPS"}, {NS_IPC, "CONFIG_IPC_NS"},
		       {NS_NET, "CONFIG_NET_NS"},     {NS_PID, "CONFIG_PID_NS"},
		       {NS_TIME, "CONFIG_TIME_NS"},   {NS_USER, "CONFIG_USER_NS"},
		       {NS_UTS, "CONFIG_UTS_NS"}};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].flag == flag)
			return kconfig(options[i].option) == 'y';
	return true; /* there is no kernel without mount namespaces */
}

int lack_types(void)
{
	static int types = -1;

	if (types < 0) {
		types = NS_ALL & ~ns_all();
		FOR_EACH_NS_TYPE(t)
			if (types & t->flag && is_configured(t->flag))
				types &= ~t->flag;
	}
	return types;
}

const char *lack_reason(int flags)
{
	static char reason[64];

	reason[0] = '\0';
	FOR_EACH_NS_TYPE(t)
		if (!reason[0] && flags & t->flag)
			snprintf(reason, sizeof(reason), "no %s namespaces", t->label);
	return reason;
}

void lack_check(unsigned long long flags)
{
	const struct record *record = record_get();
	int lacking = record ? (int)(flags & (unsigned int)record->test.lacking) : 0;

	if (lacking)
		record_end(RECORD_SKIP, record->test.file, record->test.line, "%s", lack_reason(lacking));
}

void lack_check_name(const char *name)
{
	FOR_EACH_NS_TYPE(t)
		if (strcmp(name, t->name) == 0 || strcmp(name, t->next) == 0)
			lack_check((unsigned int)t->flag);
}
