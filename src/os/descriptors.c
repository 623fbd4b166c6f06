/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "os/descriptors.h"

#include <limits.h>
#include <sys/resource.h>

unsigned descriptors_raise(unsigned wanted)
{
    struct rlimit limit;
    struct rlimit more;

    /* It cannot fail; a thousand is what every system gives. */
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return 1024;
    more = limit;
    if (more.rlim_cur < wanted)
        more.rlim_cur = wanted < more.rlim_max ? wanted : more.rlim_max;
    if (more.rlim_cur != limit.rlim_cur && setrlimit(RLIMIT_NOFILE, &more) == 0)
        limit = more;
    return limit.rlim_cur < UINT_MAX ? (unsigned)limit.rlim_cur : UINT_MAX;
}
