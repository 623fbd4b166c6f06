/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Keys made for the tests, which guard nothing: private keys in PEM and public
 * ones in base64 as DNS holds them.
 */

#define KEY_RSA512_PEM                                                         \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7AgEAAkEA3wajp5BEodsIAqyw\n"       \
    "1epSZvmSzLWXoVMZ+bgEbwFROf6Qj4zZYvOu1WFq37rtgsObUhSXe6MfW7qOmAjd\n"       \
    "WbHCvQIDAQABAkBn4NLHEDY3YSqI/GBdMofw+Ju8h3Q5qtg1bNV70pQ/uwgs6rIE\n"       \
    "ipFbbO2CRRwNUIbtlS359tTPqWn34LAt1h0BAiEA/POYEpxr3PEDY6VvrwAd9z5N\n"       \
    "21WpsgNws5L3wKOnB8ECIQDhtrgCCHPTwQHTrH88+v1LmRjAOzxjKvcxNuk97y1Z\n"       \
    "/QIgJnBB8LoSbg217SOLuDU1WIgAPs9irSl2q+MugPidfkECIQCP+cluIo4fqKHN\n"       \
    "r96Ju2AO9N1A4YgniaScE/a7tvEq0QIhANEa7STMpQYvpM5O7QtJfSLPiEAbP/VT\n"       \
    "ZCYBtngEMxIY\n"                                                           \
    "-----END PRIVATE KEY-----\n"

#define KEY_RSA512_PUBLIC                                                      \
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAN8Go6eQRKHbCAKssNXqUmb5ksy1l6FT"         \
    "Gfm4BG8BUTn+kI+M2WLzrtVhat+67YLDm1IUl3ujH1u6jpgI3Vmxwr0CAwEAAQ=="

#define KEY_RSA1024_PEM                                                        \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBANEIuUXVGREgVH+p\n"       \
    "aYeNv0dlcZrd46Isbn4bWlgY03mkyVH3/JD4GD+MmIRua0OypWNMcB4rUB3cJ7q2\n"       \
    "wTVlcCHkDuXlB/9ZGt5aPaAHY2JI0RWx/9mvJyu+zLezEsALSIemeDo8s1zMy/iD\n"       \
    "QmvtUdKhWyrVQz4Bu05JnyLrBRcRAgMBAAECgYAxVgnEfaNI84R+DRInOEFpLHw/\n"       \
    "vRc485uwj+wm1tUy5L3PZuRpouS2OwzUVOtkMwnuAeCEflyOb6PA4dmALMzmBY4t\n"       \
    "5WOCOQBupyBZlq0/Gz4PeGC8bikWrSasYe2mCMnmwH+T/Gwtbzz9HI5bWAA1i7mj\n"       \
    "d+PPiImNbFFR9uEP8QJBAPFO31rbFCYJKMwPsDkK/D92hpBDRjEv34NqDPglttqL\n"       \
    "A/nhGoSgOEfIw+muF5q5Hra7hHO0e00RWUznBv0WL3sCQQDdwtCovLbTbkOhZPAn\n"       \
    "NOKefFfQPVL20wF0Keg4m73QJ2CuI/302EJR3XcKVC6dejmC91BLU3QvcvpAmKAy\n"       \
    "M+fjAkBsGahHfGM/UtUa7WBFfZ1ZFNDdabXVLRwVM/oRZFvQ9XvXgjct+NSdm9vg\n"       \
    "IGRkpM+UjtacOtsNwFrf75Ma58hnAkBGW74KGz3CXTSV60mKluvjrr3Jsvs0loPa\n"       \
    "kEU+WKNjfGrfNUooucho4uQW4dicXCANHlxaWdL+DvO5NPN2miNTAkEAkwBw04lF\n"       \
    "QY2kMFZhuf5dEKz500rQtDmZ7EA5y0sEsDmEolJimvQPORlPcZB07r4kSJY5N2/y\n"       \
    "O4qeh6yHTLSPhA==\n"                                                       \
    "-----END PRIVATE KEY-----\n"

#define KEY_RSA1024_PUBLIC                                                     \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDRCLlF1RkRIFR/qWmHjb9HZXGa"         \
    "3eOiLG5+G1pYGNN5pMlR9/yQ+Bg/jJiEbmtDsqVjTHAeK1Ad3Ce6tsE1ZXAh5A7l"         \
    "5Qf/WRreWj2gB2NiSNEVsf/Zrycrvsy3sxLAC0iHpng6PLNczMv4g0Jr7VHSoVsq"         \
    "1UM+AbtOSZ8i6wUXEQIDAQAB"

/* The same key as RSAPublicKey of PKCS#1. */
#define KEY_RSA1024_PKCS1                                                      \
    "MIGJAoGBANEIuUXVGREgVH+paYeNv0dlcZrd46Isbn4bWlgY03mkyVH3/JD4GD+M"         \
    "mIRua0OypWNMcB4rUB3cJ7q2wTVlcCHkDuXlB/9ZGt5aPaAHY2JI0RWx/9mvJyu+"         \
    "zLezEsALSIemeDo8s1zMy/iDQmvtUdKhWyrVQz4Bu05JnyLrBRcRAgMBAAE="

#define KEY_RSA2048_PEM                                                        \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDg0Mxu4GYowojj\n"       \
    "ymFE92qNlWDMWSMvDFtFgiBsL40DS9kvqKwUr6jQz+yYEWRe+LWKb4S0f2kRHMcH\n"       \
    "1t7v7KkCkpEdoGkAXScIHCIJKE2qzSi3jwcALesu4u2ThiGPVRKN4+0uuoOPl+x1\n"       \
    "xSpMkbMScHE+cbe/EpMpix81Qx6XVdYQXfDcPlS9qsEuNtlMlSJx9k2u28NeNfel\n"       \
    "wKi7cOhN0m0AkCw/QZV7J3+gzfeKgEyv6BBHPaH/LpFRoPGijAMSlLbtb0Yd6rzi\n"       \
    "TZDqo9W+vl4vWjescwZIGQ8KtWXuWUuVeJDNpi+bYEgTu0fQ5ZZQRhwjuZpaI111\n"       \
    "KqdRfPB1AgMBAAECggEABA9ROclcnuzQawirFANBzde+PUJ4068t8MXmTv3W1pHm\n"       \
    "lKk/nkoDyu2OULqzrNFh+eOEqnvIinISGA6lzQBhlvXNoBLXApYsD8XuSWsMaAK3\n"       \
    "cwUms7agkiKv9qOL9JotMRnGHTtqB8xPDVtnpaVV7gXQzbdhAZbUyIHGKQCSy1nN\n"       \
    "TBF+NJcxD2UT8VnEYV7jGe8ZtOFfrZBb55+GLb1i17oH+0j4ZocPCbc4fjgxdqFH\n"       \
    "4i5qbfKL0rJHP6070y2u4PtAllN+o04FI9YNWwxu/ffpzm73aqy/RHN6FZTZCrMi\n"       \
    "hIJx+15ldtN81xwqKUF/8uspcD1JC3Mf1Ggc9ANqYQKBgQD87w5+Lyo8xxaRWPSy\n"       \
    "NMdLuEZA+fNePwoEATKGCbGr0pDB7x2oSw09DHgstZoO55FSP+wDfxETg+y9nqFj\n"       \
    "NDiheSZcrKLqMnXZMUxtHr/sAyP7tOog8GxLqPgN9xCsLgQ19eGh20dWH3GuHKcf\n"       \
    "A1T2mE4e9hMxzHXQRqr3aquL5QKBgQDjinsw5ofJGbLwCarnXFDRrkm0rHRVWETV\n"       \
    "eMSwGjWllSHvIvqIY4DndeAOXLlUuGc+CrAaHUvc1yp6RAlKNHYxwoBKjck6+eo/\n"       \
    "i4qrgfVs1h8HqYisEHV9sCoU2zOtoLaXl89/6b6aDtC3CZJsofGzovaBeMS8+H9P\n"       \
    "M+s457YpUQKBgQCzs5yWZigaGlCcX5kqa3kVAQ1Y6LzRvvP8uGUO+iAzNV0HjD2D\n"       \
    "7h6vuwY+rZ+Q61FCIIwsR8D4Hoi6h9OdyeJaRtrMiRMOVV+JOg9Uj75Hjkuob3bQ\n"       \
    "hEBM2PWz5k8AJYl0VQdDmalrNNftngnWbOWWdcs7EBW/Eca6fRrGwhCzSQKBgAkM\n"       \
    "QqXJJPEcMn9VAxS8GQKdeZTTnrSeE+6hJMET6box2e2WaHvv6PpLN6OakEwMIR7Y\n"       \
    "cfQ34gJgE/JUrkHjICgOYeeVB8Fump/4PoVfX5D6WrWFSkf9R4696I53wPBQibIx\n"       \
    "eTDO7KNXn3kHymjDb8cC3eZ8FOamwvk1SU8z94xhAoGAF5QQOgd5lc3Az0MzizBr\n"       \
    "zMvaVpUOXdTAlJ7wjcLSe2JXSvwRzhyO1N839vuECyKfeRg9AvsalEimXenvzsfS\n"       \
    "Z7Ww/8EoU103TV8eI67PCFnq//FvuYpIc4hrNc8+u3Ufugl1HdOgbMVa4Aymkkzg\n"       \
    "/Y9RhOESKKmwnUJZO9cnqgQ=\n"                                               \
    "-----END PRIVATE KEY-----\n"

#define KEY_RSA2048_PUBLIC                                                     \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4NDMbuBmKMKI48phRPdq"         \
    "jZVgzFkjLwxbRYIgbC+NA0vZL6isFK+o0M/smBFkXvi1im+EtH9pERzHB9be7+yp"         \
    "ApKRHaBpAF0nCBwiCShNqs0ot48HAC3rLuLtk4Yhj1USjePtLrqDj5fsdcUqTJGz"         \
    "EnBxPnG3vxKTKYsfNUMel1XWEF3w3D5UvarBLjbZTJUicfZNrtvDXjX3pcCou3Do"         \
    "TdJtAJAsP0GVeyd/oM33ioBMr+gQRz2h/y6RUaDxoowDEpS27W9GHeq84k2Q6qPV"         \
    "vr5eL1o3rHMGSBkPCrVl7llLlXiQzaYvm2BIE7tH0OWWUEYcI7maWiNddSqnUXzw"         \
    "dQIDAQAB"

/* The same key as RSAPublicKey of PKCS#1. */
#define KEY_RSA2048_PKCS1                                                      \
    "MIIBCgKCAQEA4NDMbuBmKMKI48phRPdqjZVgzFkjLwxbRYIgbC+NA0vZL6isFK+o"         \
    "0M/smBFkXvi1im+EtH9pERzHB9be7+ypApKRHaBpAF0nCBwiCShNqs0ot48HAC3r"         \
    "LuLtk4Yhj1USjePtLrqDj5fsdcUqTJGzEnBxPnG3vxKTKYsfNUMel1XWEF3w3D5U"         \
    "varBLjbZTJUicfZNrtvDXjX3pcCou3DoTdJtAJAsP0GVeyd/oM33ioBMr+gQRz2h"         \
    "/y6RUaDxoowDEpS27W9GHeq84k2Q6qPVvr5eL1o3rHMGSBkPCrVl7llLlXiQzaYv"         \
    "m2BIE7tH0OWWUEYcI7maWiNddSqnUXzwdQIDAQAB"

#define KEY_RSA4096_PUBLIC                                                     \
    "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEArDsA4N+HoryGj/Dl7/hV"         \
    "+c7+arkH5mOss/dCdkuxCjy1JV9v7UsTcDqmAGLy3gSKSs7THUpC4QZ/0+16EZXC"         \
    "/wIkbdBPob5A5FobvTQ6yXKHvOJ5z3kVzRYl3qkVN90UQfiVI73WaO0UftSbC+rv"         \
    "+nruo5F/vkWQcHYGFRVBwqxCznwiCsVXN7f8z2eGUpW4/fDpa2vgz0yVNfBBpM+Q"         \
    "yr8b+7wxbbxyVaNS9DS2vojP2sZrb11GFLhPweRIgNwltOtbNv5q9DPFgK7qX1Uw"         \
    "S8C6XMigzpNDIcLE0nXJQ0Hi7VE23nfe7j4qSXbLlc7TZm7hmL5hjqRNR41bDI4u"         \
    "6qXQe5YT/0PtbVM2QNtyztgu5Yzc88ZFyMdVCSz5K1COKBqcvrZtcAjX8Tsc5/af"         \
    "T5GF5htdh+iHVcpF7a6b+c1Y1prVUPoBCNjQ251lABrh5WduQ50v1v2zbjk3OH/q"         \
    "zyJb8HESzQptAt7KwIvUdrqcateIm1hknWk/Nl2LFGMn9XgeXxsM4X464WMCnaWj"         \
    "Bk8GDWlXASnBDl9YQqADElVb1BhtEyCpk5zkO1Akm3zV6GuL9NPT0bQWke2h6gwf"         \
    "TMEM9PO6dJNMlU18bXomplc4CjK3TOyGQeCe7iJ3bzgYRDXof7/sGvnyD5N5B4mN"         \
    "JpCWmZte8KXvXDaKRq9/wdkCAwEAAQ=="

#define KEY_ED25519_PEM                                                        \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MC4CAQAwBQYDK2VwBCIEIGj2oObjXaTMQPSFxeyh3Py28yMZD+a1DImjHxtkH5XC\n"       \
    "-----END PRIVATE KEY-----\n"

#define KEY_ED25519_PUBLIC "6xpkakbKTZUpqKJePQ0X1hKOHBeSkBf6UKcuYLYUhxU="
