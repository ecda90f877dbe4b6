"""The Data stack, everything that must outlive code: tables, keys, secrets, media, accounts, bus, image store."""

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.budget import add_budget
from infra.stages import Stage
from infra.tables import TABLES, Index, Table


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _number(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.NUMBER)


def _sort_key(keyed: Table | Index) -> dynamodb.Attribute | None:
    if keyed.sort is None:
        return None
    return _number(keyed.sort) if keyed.numeric_sort else _text(keyed.sort)


# What a failed first deployment has made is deleted again: its names would stop the next attempt.
KEEP = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE


class DataStack(cdk.Stack):
    """Deployed first, changed least. Its outputs are what `infra.render_chalice_config` fills in."""

    def __init__(self, scope: Construct, stage: Stage, synthesizer: cdk.IStackSynthesizer) -> None:
        super().__init__(
            scope,
            stage.stack("data"),
            synthesizer=synthesizer,
            termination_protection=stage.keep,
            description=f"stream-sync {stage.name}: tables, stream-key encryption, accounts, media, event bus",
        )
        self._stage = stage
        self._removal = KEEP if stage.keep else cdk.RemovalPolicy.DESTROY
        for table in TABLES:
            self._table(table)
        self._stream_key_encryption()
        self._secrets()
        self._media()
        self._accounts()
        self._image_repository()
        events.EventBus(self, "Bus", event_bus_name=stage.prefix)
        add_budget(self, stage)

    def _table(self, table: Table) -> None:
        dynamodb.TableV2(
            self,
            f"Table{table.name.capitalize()}",
            table_name=self._stage.table_prefix + table.name,
            partition_key=_text(table.key),
            sort_key=_sort_key(table),
            billing=dynamodb.Billing.on_demand(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            # Hygiene only: every read judges expiry itself.
            time_to_live_attribute="ttl" if table.expires else None,
            global_secondary_indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=index.name,
                    partition_key=_text(index.key),
                    sort_key=_sort_key(index),
                    projection_type=dynamodb.ProjectionType.KEYS_ONLY
                    if index.keys_only
                    else dynamodb.ProjectionType.ALL,
                )
                for index in table.indexes
            ]
            or None,
            deletion_protection=self._stage.keep,
            removal_policy=self._removal,
        )

    def _stream_key_encryption(self) -> None:
        """The KMS key under which owners' stream keys are kept, so that only they can reveal them (SS-6.2)."""
        key = kms.Key(
            self,
            "StreamKeyEncryption",
            alias=f"alias/{self._stage.prefix}",
            description=f"Encrypts the stream keys of {self._stage.prefix}",
            enable_key_rotation=True,
            removal_policy=self._removal,
        )
        # Each ciphertext belongs to one row, which its context names. Without this, whoever may use the key could
        # decrypt a copy without saying whose it is, and CloudTrail would not show it.
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="NeverWithoutContext",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions={"Null": {"kms:EncryptionContextKeys": "true"}},
            )
        )
        self._output("KmsKeyArn", key.key_arn, "Encrypts stream keys")

    def _secrets(self) -> None:
        """Made here with random values, filled in or rotated by hand; no file and no command line ever holds them.

        Until the user service's own secret is put in, nobody can sign with the random one: HS256 tokens are refused.
        """
        for noun, purpose in (
            ("admin", "Shared secret of the admin API; two, comma separated, during a rotation"),
            ("user-service", "HS256 secret that the user service signs JWTs with"),
            ("hooks", "Secret that media servers send with hooks; two, comma separated, during a rotation"),
            ("mediamtx-api", "Password of MediaMTX's control API"),
            ("playback", "Signs playback tokens; two, comma separated, during a rotation: the first one signs"),
        ):
            secretsmanager.Secret(
                self,
                f"Secret{noun.title().replace('-', '')}",
                secret_name=self._stage.secret(noun),
                description=purpose,
                generate_secret_string=secretsmanager.SecretStringGenerator(
                    password_length=48, exclude_punctuation=True
                ),
                removal_policy=self._removal,
            )

    def _media(self) -> None:
        """The recordings. They expire by their rows, where owners keep some for good: S3 could not tell those apart."""
        self.media = s3.Bucket(
            self,
            "Media",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            # Its name is generated, so keeping it hinders no later deployment.
            removal_policy=KEEP,
            lifecycle_rules=[s3.LifecycleRule(abort_incomplete_multipart_upload_after=cdk.Duration.days(1))],
        )
        self._output("MediaBucket", self.media.bucket_name, "Recordings")

    def _accounts(self) -> None:
        pool = cognito.UserPool(
            self,
            "Broadcasters",
            user_pool_name=self._stage.prefix,
            self_sign_up_enabled=self._stage.sign_up,
            sign_in_aliases=cognito.SignInAliases(email=True),
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            standard_attributes=cognito.StandardAttributes(
                email=cognito.StandardAttribute(required=True, mutable=True)
            ),
            password_policy=cognito.PasswordPolicy(
                min_length=12, require_lowercase=True, require_uppercase=True, require_digits=True, require_symbols=True
            ),
            feature_plan=cognito.FeaturePlan.ESSENTIALS,  # rotates refresh tokens
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            deletion_protection=self._stage.keep,
            removal_policy=self._removal,
        )
        client = pool.add_client(
            "Dashboard",
            user_pool_client_name="dashboard",
            generate_secret=False,  # a browser keeps no secret
            auth_flows=cognito.AuthFlow(user_srp=True, admin_user_password=True),  # no password over the network
            prevent_user_existence_errors=True,
            disable_o_auth=True,
            id_token_validity=cdk.Duration.hours(1),
            access_token_validity=cdk.Duration.hours(1),
            refresh_token_validity=cdk.Duration.days(30),
            # Each renewal replaces the refresh token: a stolen copy works until the owner's browser uses its own.
            refresh_token_rotation_grace_period=cdk.Duration.seconds(60),
            enable_token_revocation=True,
        )
        issuer = f"https://cognito-idp.{self.region}.{self.url_suffix}/{pool.user_pool_id}"
        self._output("OidcIssuer", issuer, "Whose JWTs are accepted")
        self._output("OidcAudience", client.user_pool_client_id, "The dashboard's client id")

    def _image_repository(self) -> None:
        repository = ecr.Repository(
            self,
            "IngestImages",
            repository_name=f"{self._stage.prefix}-ingest",
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,  # a rollback must find the very image it ran
            image_scan_on_push=True,
            lifecycle_rules=[ecr.LifecycleRule(max_image_count=50)],
            removal_policy=self._removal,
        )
        self._output("IngestRepository", repository.repository_uri, "Push the ingest image here")

    def _output(self, name: str, value: str, description: str) -> None:
        cdk.CfnOutput(self, name, value=value, description=description)


__all__ = ["DataStack"]
