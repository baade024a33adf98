// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/sysv.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/shm.h>

#define SIZE 4096

int shm_make(key_t key, const char *text)
{
	int id = shmget(key, SIZE, IPC_CREAT | IPC_EXCL | 0600);

	return id < 0 || shm_put(id, text) < 0 ? -1 : id;
}

int shm_put(int id, const char *text)
{
	char *memory = shmat(id, NULL, 0);

	if ((intptr_t)memory == -1)
		return -1;
	snprintf(memory, SIZE, "%s", text);
	return shmdt(memory);
}

const char *shm_text(int id)
{
	static char text[SIZE];
	char *memory = shmat(id, NULL, SHM_RDONLY);

	if ((intptr_t)memory == -1)
		return NULL;
	snprintf(text, sizeof(text), "%s", memory);
	shmdt(memory);
	return text;
}
