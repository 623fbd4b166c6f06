# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""Reports made on the spot, in every container they come in."""

import base64
import gzip
import io
import json
import zipfile


def detail(result_type='certificate-expired', sessions=1, **more):
    return {'result-type': result_type, 'failed-session-count': sessions,
            'sending-mta-ip': '192.0.2.1',
            'receiving-mx-hostname': 'mx1.example.com', **more}


def policy(domain='example.com', success=10, failure=0, details=(),
           policy_type='sts', **more):
    return {'policy': {'policy-type': policy_type, 'policy-domain': domain,
                       'policy-string': ['version: STSv1', 'mode: enforce',
                                         'mx: mx1.example.com',
                                         'max_age: 86400'], **more},
            'summary': {'total-successful-session-count': success,
                        'total-failure-session-count': failure},
            'failure-details': list(details)}


def report(policies=None, organization='Sender Ltd', day='2026-10-01',
           report_id=None, **more):
    return {'organization-name': organization,
            'date-range': {'start-datetime': day + 'T00:00:00Z',
                           'end-datetime': day + 'T23:59:59Z'},
            'contact-info': 'tls@sender.example',
            'report-id': report_id or '%s-%s' % (day, organization),
            'policies': [policy()] if policies is None else policies, **more}


def text(value):
    return json.dumps(value).encode()


def zipped(octets, name='report.json'):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, octets)
    return out.getvalue()


def gzipped(octets):
    return gzip.compress(octets, mtime=0)


def mail(*attachments, subject='Report Domain: example.com', end='\r\n'):
    """A report mail; an attachment is (media type, file name, octets)."""
    lines = ['From: tls@sender.example', 'To: tlsrpt@example.com',
             'Subject: ' + subject, 'TLS-Report-Domain: example.com',
             'TLS-Report-Submitter: sender.example', 'MIME-Version: 1.0',
             'Message-ID: <1@sender.example>',
             'Content-Type: multipart/report; report-type="tlsrpt"; '
             'boundary="b-1"', '', '--b-1', 'Content-Type: text/plain', '',
             'This is a TLS report.']
    for media_type, name, octets in attachments:
        code = base64.b64encode(octets).decode()
        lines += ['--b-1', 'Content-Type: ' + media_type,
                  'Content-Disposition: attachment; filename="%s"' % name,
                  'Content-Transfer-Encoding: base64', '']
        lines += [code[i:i + 76] for i in range(0, len(code), 76)]
    return end.join(lines + ['--b-1--', '']).encode()


def report_mail(value, **more):
    """The usual: one gzipped report as the RFC has it."""
    return mail(('application/tlsrpt+gzip',
                 'sender.example!example.com!1!2.json.gz',
                 gzipped(text(value))), **more)


def mbox(*mails):
    out = b''
    for one in mails:
        body = one.replace(b'\r\n', b'\n')
        out += b'From tls@sender.example Thu Oct  1 00:00:00 2026\n'
        out += body.replace(b'\nFrom ', b'\n>From ') + b'\n'
    return out


def dmarc_record(address='192.0.2.1', count=3, disposition='none',
                 dkim='fail', spf='fail', header_from='example.com',
                 dkim_result=('example.com', 'fail'),
                 spf_result=('bounce.example.com', 'fail'), more=''):
    """A record of a DMARC report; a result is (domain, result) or None."""
    return (
        '<record><row><source_ip>%s</source_ip><count>%s</count>'
        '<policy_evaluated><disposition>%s</disposition><dkim>%s</dkim>'
        '<spf>%s</spf>%s</policy_evaluated></row><identifiers><header_from>%s'
        '</header_from></identifiers><auth_results>%s%s</auth_results>'
        '</record>' % (
            address, count, disposition, dkim, spf, more, header_from,
            '<dkim><domain>%s</domain><selector>s1</selector><result>%s'
            '</result></dkim>' % dkim_result if dkim_result else '',
            '<spf><domain>%s</domain><scope>mfrom</scope><result>%s'
            '</result></spf>' % spf_result if spf_result else ''))


def dmarc(*records, organization='Sender Ltd', domain='example.com',
          p='none', report_id='dmarc-1', more='', attributes='', day=0):
    """A DMARC report of 2026-10-01, or as many days later, as XML text."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feedback%s>'
        '<version>1.0</version><report_metadata><org_name>%s</org_name>'
        '<email>dmarc@sender.example</email><report_id>%s</report_id>'
        '<date_range><begin>%d</begin><end>%d</end>'
        '</date_range></report_metadata><policy_published><domain>%s</domain>'
        '<adkim>r</adkim><p>%s</p><pct>100</pct></policy_published>%s%s'
        '</feedback>\n' % (attributes, organization, report_id,
                           1790812800 + day * 86400, 1790899199 + day * 86400,
                           domain, p,
                           ''.join(records or [dmarc_record()]), more)
        ).encode()
