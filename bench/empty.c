/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/* The baseline of bench_show: a program that is loaded with all libraries of
   tlsrpt and does nothing. */

int main(void)
{
    return 0;
}
