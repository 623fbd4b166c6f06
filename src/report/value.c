/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/value.h"

#include "base/address.h"
#include "base/domain.h"

static const struct slice nothing = { NULL, 0 };

static struct slice text_of(const struct json_value *value)
{
    return slice_make(value->text, value->len);
}

/* Reads past a container where a scalar belongs. */
static int skip_container(struct reading *reading, const struct place *place,
                          const struct json_value *value, struct err *err)
{
    reading_note(reading, REPORT_FINDING_VALUE_TYPE, place, nothing);
    return json_skip(&reading->json, value, err);
}

static bool is_container(const struct json_value *value)
{
    return value->type == JSON_ARRAY || value->type == JSON_OBJECT;
}

int value_read_text(struct reading *reading, const struct place *place,
                    const struct json_value *value, const char **out_text,
                    struct err *err)
{
    const char *text = value->text;

    if (is_container(value))
        return skip_container(reading, place, value, err);
    if (value->type != JSON_STRING) {
        reading_note(reading, REPORT_FINDING_VALUE_TYPE, place, text_of(value));
        text = value->type == JSON_NUMBER
                   ? arena_copy(reading->arena, text_of(value))
                   : (value->type == JSON_TRUE ? "true" : "false");
        if (!text)
            return arena_error(reading->arena, err);
    }
    *out_text = text;
    return 0;
}

static void note_count(struct reading *reading, const struct place *place,
                       const struct json_value *value,
                       enum json_integer_form form, int64_t count)
{
    static const enum report_finding findings[] = {
        [JSON_INTEGER_PLAIN] = REPORT_FINDING_COUNT,
        [JSON_INTEGER_FLOAT] = REPORT_FINDING_COUNT_FRACTION,
        [JSON_INTEGER_NEGATIVE] = REPORT_FINDING_COUNT_NEGATIVE,
        [JSON_INTEGER_OVERFLOW] = REPORT_FINDING_COUNT_TOO_LARGE,
        [JSON_INTEGER_BAD] = REPORT_FINDING_COUNT_UNREADABLE,
    };

    if (value->type == JSON_STRING && form != JSON_INTEGER_BAD)
        reading_note(reading, REPORT_FINDING_COUNT_TEXT, place, text_of(value));
    if (findings[form] != REPORT_FINDING_COUNT)
        reading_note(reading, findings[form], place, text_of(value));
    if (!count_is_plausible(count) && form != JSON_INTEGER_OVERFLOW)
        reading_note(reading, REPORT_FINDING_COUNT_IMPLAUSIBLE, place,
                     text_of(value));
}

int value_read_count(struct reading *reading, const struct place *place,
                     const struct json_value *value, int64_t *out_count,
                     struct err *err)
{
    enum json_integer_form form = JSON_INTEGER_BAD;
    int64_t count = 0;

    if (is_container(value)) {
        reading_note(reading, REPORT_FINDING_COUNT_UNREADABLE, place, nothing);
        *out_count = 0;
        return json_skip(&reading->json, value, err);
    }
    if (value->text)
        form = json_integer(text_of(value), &count);
    if (form != JSON_INTEGER_PLAIN || value->type != JSON_NUMBER ||
        !count_is_plausible(count))
        note_count(reading, place, value, form, count);
    *out_count = count;
    return 0;
}

int value_read_domain(struct reading *reading, const struct place *place,
                      const struct json_value *value, const char **out_name,
                      struct err *err)
{
    const char *text = NULL;
    unsigned changes;

    if (value->type == JSON_STRING && domain_is_plain(text_of(value))) {
        *out_name = value->text;
        return 0;
    }
    if (value_read_text(reading, place, value, &text, err))
        return -1;
    if (!text)
        return 0;
    *out_name = domain_normalise(reading->arena, slice_of(text), &changes);
    if (!*out_name)
        return arena_error(reading->arena, err);
    if (changes & DOMAIN_BAD)
        reading_note(reading, REPORT_FINDING_DOMAIN_BAD, place, slice_of(text));
    else if (changes)
        reading_note(reading, REPORT_FINDING_DOMAIN_FORM, place,
                     slice_of(text));
    return 0;
}

int value_read_address(struct reading *reading, const struct place *place,
                       const struct json_value *value, const char **out_text,
                       struct err *err)
{
    const char *text = NULL;
    int form;

    if (value->type == JSON_STRING && address_is_plain(text_of(value))) {
        *out_text = value->text;
        return 0;
    }
    if (value_read_text(reading, place, value, &text, err))
        return -1;
    if (!text)
        return 0;
    form = address_normalise(reading->arena, slice_of(text), out_text);
    if (form < 0)
        return arena_error(reading->arena, err);
    if (form == ADDRESS_EMPTY)
        reading_note(reading, REPORT_FINDING_ADDRESS_EMPTY, place, nothing);
    else if (form == ADDRESS_DECORATED)
        reading_note(reading, REPORT_FINDING_ADDRESS_FORM, place,
                     slice_of(text));
    else if (form == ADDRESS_NO_ADDRESS)
        reading_note(reading, REPORT_FINDING_ADDRESS_BAD, place,
                     slice_of(text));
    return 0;
}

int value_read_date(struct reading *reading, const struct place *place,
                    const struct json_value *value, const char **out_text,
                    utc_time *out_time, struct err *err)
{
    const unsigned odd = UTC_FORM_LOWER | UTC_FORM_HOUR_24 | UTC_FORM_DATE |
                         UTC_FORM_EPOCH | UTC_FORM_LOOSE;
    struct slice text = text_of(value);
    unsigned form = 0;

    if (is_container(value) || !value->text)
        return skip_container(reading, place, value, err);
    *out_text = value->type == JSON_STRING ? value->text
                                           : arena_copy(reading->arena, text);
    if (!*out_text)
        return arena_error(reading->arena, err);
    if (utc_parse(text, out_time, &form))
        reading_note(reading, REPORT_FINDING_DATE_UNREADABLE, place, text);
    else if (form & odd)
        reading_note(reading, REPORT_FINDING_DATE_FORM, place, text);
    else if (form & UTC_FORM_NO_ZONE)
        reading_note(reading, REPORT_FINDING_DATE_NO_ZONE, place, text);
    return 0;
}
