/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <errno.h>
#include <sys/stat.h>

#include "charts.h"
#include "doctor/permission.h"
#include "row.h"

static const struct permission_who us = {
    .name = "tlsrpt", .uid = 100, .groups = { 100, 50 }, .n_groups = 2
};
static const struct permission_who root = { .name = "root" };
static const struct permission_who mta = {
    .name = "postfix", .uid = 70, .groups = { 70 }, .n_groups = 1
};

static void owner_group_and_others_decide_in_that_order(void **state)
{
    static const struct {
        const char *name;
        unsigned mode, uid, gid;
        bool may_read, may_write;
    } rows[] = {
        { "owner", 0600, 100, 7, true, true },
        { "owner without", 0066, 100, 100, false, false },
        { "group", 0640, 7, 100, true, false },
        { "second group", 0020, 7, 50, false, true },
        { "group without, others with", 0606, 7, 50, false, false },
        { "others", 0602, 7, 7, false, true },
        { "nobody", 0660, 7, 7, false, false },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct permission_file file = { .mode = rows[i].mode,
                                              .uid = rows[i].uid,
                                              .gid = rows[i].gid };

        if (permission_has(&us, &file, PERMISSION_READ) != rows[i].may_read ||
            permission_has(&us, &file, PERMISSION_WRITE) != rows[i].may_write)
            fail_msg("%s", rows[i].name);
        assert_true(permission_has(&root, &file, PERMISSION_WRITE));
    }
}

/* By the order of POSIX.1e. */
static void an_access_list_decides_where_there_is_one(void **state)
{
    enum { O = PERMISSION_ACL_OWNER, U = PERMISSION_ACL_USER };
    enum { OG = PERMISSION_ACL_OWNER_GROUP, G = PERMISSION_ACL_GROUP };
    enum { M = PERMISSION_ACL_MASK, X = PERMISSION_ACL_OTHERS };
    static const struct {
        const char *name;
        unsigned uid, gid;
        struct permission_acl acl;
        bool may_read;
    } rows[] = {
        { "owner", 100, 7, { { { O, 4, 0 }, { X, 0, 0 } }, 2 }, true },
        { "owner without", 100, 7, { { { O, 0, 0 }, { X, 4, 0 } }, 2 }, false },
        { "named",
          0,
          0,
          { { { U, 4, 100 }, { M, 4, 0 }, { X, 0, 0 } }, 3 },
          true },
        { "masked",
          0,
          0,
          { { { U, 4, 100 }, { M, 0, 0 }, { X, 4, 0 } }, 3 },
          false },
        { "named without",
          0,
          0,
          { { { U, 0, 100 }, { G, 4, 50 }, { M, 4, 0 }, { X, 4, 0 } }, 4 },
          false },
        { "another",
          0,
          0,
          { { { U, 4, 99 }, { M, 4, 0 }, { X, 0, 0 } }, 3 },
          false },
        { "the owner's group",
          0,
          50,
          { { { OG, 4, 0 }, { M, 4, 0 }, { X, 0, 0 } }, 3 },
          true },
        { "one of two groups",
          0,
          50,
          { { { OG, 0, 0 }, { G, 4, 100 }, { M, 4, 0 }, { X, 0, 0 } }, 4 },
          true },
        { "a group without, others with",
          0,
          0,
          { { { G, 0, 50 }, { M, 4, 0 }, { X, 4, 0 } }, 3 },
          false },
        { "others",
          0,
          0,
          { { { U, 0, 99 }, { M, 0, 0 }, { X, 4, 0 } }, 3 },
          true },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct permission_file file = { .uid = rows[i].uid,
                                              .gid = rows[i].gid,
                                              .acl = rows[i].acl };

        ROW_NUMBER(rows[i].name, permission_has(&us, &file, PERMISSION_READ),
                   rows[i].may_read);
    }
}

static void secrets_are_nobody_elses(void **state)
{
    static const struct {
        const char *name, *want;
        struct permission_file file;
    } rows[] = {
        { "ours", "secret-file:good ", { .mode = S_IFREG | 0600, .uid = 100 } },
        { "by group",
          "secret-file:good ",
          { .mode = S_IFREG | 0640, .gid = 50 } },
        { "everybody reads",
          "secret-file:error ",
          { .mode = S_IFREG | 0644, .uid = 100 } },
        { "everybody writes",
          "secret-file:error ",
          { .mode = S_IFREG | 0602, .uid = 100 } },
        { "root's", "secret-file:error ", { .mode = S_IFREG | 0600 } },
        { "behind a closed folder",
          "secret-file:error ",
          { .mode = S_IFREG | 0600, .uid = 100, .closed_folder = "/etc" } },
        { "the group writes",
          "secret-file:warning ",
          { .mode = S_IFREG | 0660, .uid = 100 } },
        { "by an access list",
          "secret-file:good ",
          { .mode = S_IFREG | 0440,
            .acl = { { { PERMISSION_ACL_OWNER, 4, 0 },
                       { PERMISSION_ACL_USER, 4, 100 },
                       { PERMISSION_ACL_OWNER_GROUP, 0, 0 },
                       { PERMISSION_ACL_MASK, 4, 0 },
                       { PERMISSION_ACL_OTHERS, 0, 0 } },
                     5 } } },
        { "absent", "secret-file:error ", { .system_errno = ENOENT } },
        { "of a unit that does not run",
          "secret-file:unknown ",
          { .path = "/run/credentials/u.service/k", .system_errno = ENOENT } },
        { "hidden", "secret-file:unknown ", { .system_errno = EACCES } },
        { "a folder", "secret-file:error ", { .mode = S_IFDIR | 0700 } },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();
        struct permission_file file = rows[i].file;

        if (!file.path)
            file.path = "/k";
        permission_judge_secret(chart, &file, &us);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

static void stores_belong_to_who_writes_them(void **state)
{
    static const struct {
        const char *name, *want;
        unsigned file_mode, file_uid, folder_mode, folder_uid;
        int file_errno, folder_errno;
    } rows[] = {
        { "as made", "store-file:good ", 0600, 100, 0755, 100, 0, 0 },
        { "written as root", "store-file:error ", 0600, 0, 0755, 100, 0, 0 },
        { "everybody reads", "store-file:warning ", 0644, 100, 0755, 100, 0,
          0 },
        { "another's folder", "store-file:error ", 0600, 100, 0755, 0, 0, 0 },
        { "everybody's folder", "store-file:error ", 0600, 100, 0777, 100, 0,
          0 },
        { "a folder as /tmp", "store-file:good ", 0600, 100, 01777, 0, 0, 0 },
        { "not made yet", "store-file:note ", 0, 0, 0755, 100, ENOENT, 0 },
        { "no folder yet", "store-file:note ", 0, 0, 0, 0, ENOENT, ENOENT },
        { "hidden", "store-file:unknown ", 0, 0, 0755, 100, EACCES, 0 },
        { "hidden folder", "store-file:unknown ", 0, 0, 0, 0, EACCES, EACCES },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();
        const struct permission_file file = { .path = "/var/t.db",
                                              .system_errno =
                                                  rows[i].file_errno,
                                              .mode =
                                                  S_IFREG | rows[i].file_mode,
                                              .uid = rows[i].file_uid };
        const struct permission_file folder = {
            .path = "/var",
            .system_errno = rows[i].folder_errno,
            .mode = S_IFDIR | rows[i].folder_mode,
            .uid = rows[i].folder_uid
        };

        permission_judge_store(chart, &file, &folder, &us);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

static void a_closed_folder_above_a_store_is_named(void **state)
{
    struct chart *chart = charts_new();
    const struct permission_file file = { .path = "/srv/a/t.db",
                                          .mode = S_IFREG | 0600,
                                          .uid = 100 };
    const struct permission_file folder = { .path = "/srv/a",
                                            .mode = S_IFDIR | 0700,
                                            .uid = 100,
                                            .closed_folder = "/srv" };

    (void)state;
    permission_judge_store(chart, &file, &folder, &us);
    charts_compare(chart, "store-file:error ", "closed");
    assert_string_equal(chart->rows[0].next, "let tlsrpt enter /srv");
}

static void folders_can_be_written(void **state)
{
    static const struct {
        const char *name, *want;
        struct permission_file file;
    } rows[] = {
        { "ours", "folder:good ", { .mode = S_IFDIR | 0700, .uid = 100 } },
        { "read-only", "folder:error ", { .mode = S_IFDIR | 0755 } },
        { "behind another",
          "folder:error ",
          { .mode = S_IFDIR | 0777, .closed_folder = "/srv" } },
        { "absent", "folder:warning ", { .system_errno = ENOENT } },
        { "hidden", "folder:unknown ", { .system_errno = EACCES } },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();
        struct permission_file file = rows[i].file;

        file.path = "/f";
        permission_judge_folder(chart, &file, &us);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

static void the_mail_server_may_send(void **state)
{
    static const struct {
        const char *name, *want;
        struct permission_file file;
        struct permission_wanted wanted;
    } rows[] = {
        { "its group",
          "socket:good ",
          { .mode = S_IFSOCK | 0660, .uid = 100, .gid = 70 },
          { .mode = 0660 } },
        { "everybody",
          "socket:good ",
          { .mode = S_IFSOCK | 0666, .uid = 100, .gid = 100 },
          { .mode = 0 } },
        { "another group",
          "socket:error ",
          { .mode = S_IFSOCK | 0660, .uid = 100, .gid = 100 },
          { .mode = 0660 } },
        { "group may only read",
          "socket:error ",
          { .mode = S_IFSOCK | 0640, .uid = 100, .gid = 70 },
          { .mode = 0640 } },
        { "behind a closed folder",
          "socket:error ",
          { .mode = S_IFSOCK | 0666, .closed_folder = "/run/x" },
          { .mode = 0 } },
        { "another mode",
          "socket:warning ",
          { .mode = S_IFSOCK | 0666 },
          { .mode = 0660 } },
        { "another group than wanted",
          "socket:warning ",
          { .mode = S_IFSOCK | 0660, .gid = 70 },
          { .mode = 0660, .group = "mail", .gid = 8 } },
        { "another owner than wanted",
          "socket:warning ",
          { .mode = S_IFSOCK | 0660, .gid = 70 },
          { .mode = 0660, .user = "mail", .uid = 8 } },
        { "absent",
          "socket:error ",
          { .system_errno = ENOENT },
          { .mode = 0 } },
        { "hidden",
          "socket:unknown ",
          { .system_errno = EACCES },
          { .mode = 0 } },
        { "a file",
          "socket:error ",
          { .mode = S_IFREG | 0666 },
          { .mode = 0 } },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();
        struct permission_file file = rows[i].file;

        file.path = "/run/s";
        permission_judge_socket(chart, &file, &rows[i].wanted, &mta);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

static void a_socket_without_mail_server_is_as_configured(void **state)
{
    struct permission_file file = { .path = "/s", .mode = S_IFSOCK | 0600 };
    const struct permission_wanted wanted = { .mode = 0600 };
    struct chart *chart = charts_new();

    (void)state;
    permission_judge_socket(chart, &file, &wanted, NULL);
    charts_compare(chart, "socket:good ", "no mail server");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owner_group_and_others_decide_in_that_order),
        cmocka_unit_test(an_access_list_decides_where_there_is_one),
        cmocka_unit_test(secrets_are_nobody_elses),
        cmocka_unit_test(stores_belong_to_who_writes_them),
        cmocka_unit_test(a_closed_folder_above_a_store_is_named),
        cmocka_unit_test(folders_can_be_written),
        cmocka_unit_test(the_mail_server_may_send),
        cmocka_unit_test(a_socket_without_mail_server_is_as_configured),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charts_end();
    return failed;
}
