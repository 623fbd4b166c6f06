/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/*
 * Replays files through a fuzz target without libFuzzer: each argument is a
 * file or a folder of files (one level). Prints TAP, one line an input, so
 * that a corpus runs as a test in every build.
 */

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned n_inputs;

static uint8_t *read_whole(const char *path, size_t size)
{
    FILE *f = fopen(path, "rb");
    /* An exact allocation, so that ASan sees a read one octet too far. */
    uint8_t *data = malloc(size ? size : 1);
    if (f && data && fread(data, 1, size, f) == size) {
        fclose(f);
        return data;
    }
    if (f)
        fclose(f);
    free(data);
    return NULL;
}

static int replay_file(const char *path, size_t size)
{
    uint8_t *data = read_whole(path, size);
    if (!data) {
        printf("Bail out! cannot read %s: %s\n", path, strerror(errno));
        return -1;
    }
    /* Named before it runs: a crash then shows the culprit last. */
    printf("# %s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    printf("ok %u - %s\n", ++n_inputs, path);
    return 0;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int replay(const char *path, int depth)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        printf("Bail out! cannot open %s: %s\n", path, strerror(errno));
        return -1;
    }
    if (!S_ISDIR(st.st_mode))
        return replay_file(path, (size_t)st.st_size);
    if (depth > 0)
        return 0;

    struct dirent **names = NULL;
    int n = scandir(path, &names, is_visible, alphasort);
    int r = n < 0 ? -1 : 0;
    for (int i = 0; i < n; i++) {
        char full[4096];
        int len = snprintf(full, sizeof full, "%s/%s", path, names[i]->d_name);
        if (r == 0)
            r = len < (int)sizeof full ? replay(full, depth + 1) : -1;
        free(names[i]);
    }
    free(names);
    return r;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (replay(argv[i], 0) < 0)
            return 1;
    printf("1..%u\n", n_inputs);
    return n_inputs > 0 ? 0 : 1;
}
