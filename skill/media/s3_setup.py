"""The setup of a bucket for photos: nobody else reads it, and it forgets by itself."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from skill.media.keys import KEPT_DAYS
from skill.media.s3_errors import code_of
from skill.media.store import MediaError

# Our rules in a bucket that may have others.
_OURS = "ozhivi-"
_TLS_RULE = "OzhiviTlsOnly"
_MISSING = {
    "404",
    "NoSuchBucket",
    "NoSuchBucketPolicy",
    "NoSuchCORSConfiguration",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
}
_UNSUPPORTED = {"NotImplemented", "MethodNotAllowed", "XNotImplemented"}


def set_up(client: Any, bucket: str, *, prefix: str = "", tls_only: bool | None = None, page: str = "") -> list[str]:
    """Create the bucket if need be, make it private, let it delete what is past its time.

    May be run again and again; rules of others stay.

    Args:
        client: of boto3.
        bucket: name of the bucket.
        prefix: begin of every key's name.
        tls_only: refuse requests without TLS; None: when the endpoint itself is https.
        page: origin whose scripts may read what they have a link to; empty for none.

    Returns:
        A line for each thing that was done.

    Raises:
        MediaError: the bucket keeps old versions, or takes our own requests for unencrypted.
        ClientError, BotoCoreError: whatever else goes wrong.
    """
    done = [_create(client, bucket)]
    _refuse_versions(client, bucket)
    done.append(_make_private(client, bucket))
    done.append(_set_lifecycle(client, bucket, prefix))
    if tls_only if tls_only is not None else client.meta.endpoint_url.startswith("https://"):
        done.append(_demand_tls(client, bucket, prefix))
    if page:
        done.append(_let_page_read(client, bucket, prefix, page))
    return done


def _create(client: Any, bucket: str) -> str:
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        if code_of(error) not in _MISSING:
            raise
        region = client.meta.region_name
        elsewhere = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client.create_bucket(Bucket=bucket, **elsewhere)
        return f"bucket {bucket}: created"
    return f"bucket {bucket}: is there"


def _refuse_versions(client: Any, bucket: str) -> None:
    """Raises MediaError for a bucket that keeps old versions: a deleted photo isn't gone there."""
    if client.get_bucket_versioning(Bucket=bucket).get("Status"):
        raise MediaError("the bucket keeps old versions, so nothing deleted would be gone: take one without versioning")


def _make_private(client: Any, bucket: str) -> str:
    """Take the effect from whatever would make the bucket or an object public; what is stricter already stays so.

    Not BlockPublicAcls: Ceph refuses every upload then, the owner's too (ceph/ceph#30033); ignoring such an ACL is
    enough.
    """
    client.put_bucket_acl(Bucket=bucket, ACL="private")
    wanted = dict.fromkeys(("IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    try:
        strict = {name: True for name, on in _public_access_block(client, bucket).items() if on}
        client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=strict | wanted)
    except ClientError as error:
        if code_of(error) not in _UNSUPPORTED:
            raise
        return "access: private (this server has no block of public access)"
    return "access: private, public access blocked"


def _public_access_block(client: Any, bucket: str) -> dict[str, bool]:
    try:
        block: dict[str, bool] = client.get_public_access_block(Bucket=bucket).get("PublicAccessBlockConfiguration", {})
    except ClientError as error:
        if code_of(error) not in _MISSING:
            raise
        return {}
    return block


def _set_lifecycle(client: Any, bucket: str, prefix: str) -> str:
    """A second net below our own sweep: a rule for each prefix of days, never sooner than the object's own time."""
    rules = [
        {
            "ID": f"{_OURS}{prefix}d{days}",
            "Status": "Enabled",
            "Filter": {"Prefix": f"{prefix}d{days}-"},
            "Expiration": {"Days": days},
        }
        for days in KEPT_DAYS
    ]
    new = {rule["ID"] for rule in rules}
    try:
        others = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    except ClientError as error:
        if code_of(error) not in _MISSING:
            raise
        others = []
    kept = [rule for rule in others if rule.get("ID") not in new]
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": kept + rules})
    return f"lifecycle: {len(rules)} rules of ours, {len(kept)} of others"


def _demand_tls(client: Any, bucket: str, prefix: str) -> str:
    """Refuse objects to requests without TLS; taken back if it locks us out ourselves.

    Only objects: a policy that covers the bucket too could not be removed any more by who is locked out.
    IfExists: Ceph knows of SecureTransport only where there is TLS, and would let the rest pass.
    """
    before = _policy(client, bucket)
    others = [statement for statement in before.get("Statement", []) if statement.get("Sid") != _TLS_RULE]
    ours = {
        "Sid": _TLS_RULE,
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/{prefix}*"],
        "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [*others, ours]}
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    try:
        client.put_object(Bucket=bucket, Key=f"{prefix}ozhivi-setup", Body=b"")
        client.delete_object(Bucket=bucket, Key=f"{prefix}ozhivi-setup")
    except ClientError as error:
        if before:
            client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(before))
        else:
            client.delete_bucket_policy(Bucket=bucket)
        raise MediaError(
            f"the store takes our own requests for unencrypted ({code_of(error)}), the TLS rule was taken back: "
            "behind a proxy, Ceph needs rgw_trust_forwarded_https = true"
        ) from None
    return "policy: objects over TLS only"


def _let_page_read(client: Any, bucket: str, prefix: str, page: str) -> str:
    """To share or save a clip the page fetches it. Only GET and HEAD, without cookies, and the link is needed still."""
    ours = {
        "ID": f"{_OURS}{prefix}page",
        "AllowedOrigins": [page],
        "AllowedMethods": ["GET", "HEAD"],
        "AllowedHeaders": ["Range"],
        "ExposeHeaders": ["Accept-Ranges", "Content-Disposition", "Content-Length", "Content-Range"],
        "MaxAgeSeconds": 3600,
    }
    try:
        rules = client.get_bucket_cors(Bucket=bucket)["CORSRules"]
    except ClientError as error:
        if code_of(error) not in _MISSING:
            raise
        rules = []
    others = [rule for rule in rules if rule.get("ID") != ours["ID"]]
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [*others, ours]})
    return f"cors: {page} may read, {len(others)} rules of others"


def _policy(client: Any, bucket: str) -> dict[str, Any]:
    try:
        policy: dict[str, Any] = json.loads(client.get_bucket_policy(Bucket=bucket)["Policy"])
    except ClientError as error:
        if code_of(error) not in _MISSING:
            raise
        return {}
    return policy
