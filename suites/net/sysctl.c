// SPDX-License-Identifier: GPL-2.0-only
/* Settings in /proc/sys/net. network_namespaces(7), Documentation/networking/ip-sysctl.rst */
#include "helpers/nscheck.h"

#define GROUP "net.sysctl"

CASE(values_are_independent)
{
	static const struct {
		const char *file, *plain, *changed;
	} keys[] = {{"/proc/sys/net/ipv4/ip_forward", "0", "1"},
		    {"/proc/sys/net/ipv4/ip_default_ttl", "64", "77"},
		    {"/proc/sys/net/ipv6/conf/all/disable_ipv6", "0", "1"}};
	int a = MUST(ns_new(NS_NET)), b = MUST(ns_new(NS_NET));

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		NOTE("%s", keys[i].file);
		WITHIN(b)
			MUST(file_write(keys[i].file,
					keys[i].plain)); /* a host may have handed down another */
		MUST(file_write(keys[i].file, keys[i].plain));
		WITHIN(a) {
			OK(file_write(keys[i].file, keys[i].changed));
			IS(file_read(keys[i].file), keys[i].changed); /* control */
		}
		WITHIN(b)
			IS(file_read(keys[i].file), keys[i].plain);
		IS(file_read(keys[i].file), keys[i].plain);
	}
}
