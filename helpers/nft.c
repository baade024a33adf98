// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/nft.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "helpers/netlink.h"

static struct nl_request request(int type, int flags, unsigned char family, unsigned short resource)
{
	struct nfgenmsg header = {.nfgen_family = family, .version = NFNETLINK_V0, .res_id = htons(resource)};

	return nl_request(type, flags, &header, sizeof(header));
}

/* Changes are made in batches; the acknowledgement is that of the change. */
static int change_table(int type, int flags, const char *name)
{
	struct nl_request begin = request(NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	struct nl_request change =
		request(NFNL_SUBSYS_NFTABLES << 8 | type, NLM_F_ACK | flags, NFPROTO_INET, 0);
	struct nl_request end = request(NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);

	nl_attr_text(&change, NFTA_TABLE_NAME, name);
	return nl_ask_batch(NETLINK_NETFILTER, (struct nl_request *const[]){&begin, &change, &end}, 3);
}

int nft_table_add(const char *name)
{
	return change_table(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL, name);
}

int nft_table_del(const char *name)
{
	return change_table(NFT_MSG_DELTABLE, 0, name);
}

int nft_table_count(void)
{
	struct nl_request r =
		request(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, NLM_F_DUMP, NFPROTO_UNSPEC, 0);
	struct nl_answers tables;

	return nl_ask(NETLINK_NETFILTER, &r, &tables) < 0 ? -1 : tables.count;
}
