/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_NFT_H
#define HELPERS_NFT_H

/*
 * nftables over nfnetlink, where the kernel's own errno matters; rules and lists are the business of nft(8)
 * itself (tool.h). Tables are made and deleted in the family inet. -1 with errno.
 */

int nft_table_add(const char *name);
int nft_table_del(const char *name);
/* How many tables there are, of all families. */
int nft_table_count(void);

#endif
