"""first tables.

Revision 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _one_of(column: str, *words: str) -> str:
    return f"{column} IN ({', '.join(map(repr, words))})"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "agency",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("name", AutoString(length=200), nullable=False),
        sa.Column("public_label", AutoString(length=100), nullable=True),
        sa.Column("licence", AutoString(length=100), nullable=False),
        sa.Column("contract_starts_on", sa.Date(), nullable=False),
        sa.Column("contract_ends_on", sa.Date(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("phones", sa.JSON(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "contract_starts_on <= contract_ends_on",
            name=op.f("ck_agency_contract_in_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
    )
    op.create_table(
        "data_key",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_idempotency_key_stored_at"), ["stored_at"], unique=False
        )

    op.create_table(
        "photo",
        sa.Column("sha256", AutoString(length=64), nullable=False),
        sa.Column("media_type", AutoString(length=40), nullable=False),
        sa.Column("stored_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_photo")),
    )
    op.create_table(
        "remembered",
        sa.Column("name", AutoString(length=32), nullable=False),
        sa.Column("value", AutoString(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_remembered")),
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", AutoString(length=43), nullable=False),
        sa.Column("public_jwk", sa.JSON(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", AutoString(length=16), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            _one_of("state", "pending", "active", "retiring", "revoked"),
            name=op.f("ck_signing_key_state"),
        ),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
    )
    op.create_index(
        "uq_signing_key_active",
        "signing_key",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "verification",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("checked_at", UTCDateTime(), nullable=False),
        sa.Column("kind", AutoString(length=16), nullable=False),
        sa.Column("reason", AutoString(length=32), nullable=False),
        sa.Column("ref", sa.LargeBinary(), nullable=True),
        sa.Column("visit_id", AutoString(length=32), nullable=True),
        sa.Column("match_number", AutoString(length=2), nullable=True),
        sa.Column("photo_sha256", AutoString(length=64), nullable=True),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=True),
        sa.Column("client_hash", sa.LargeBinary(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("shown_at", UTCDateTime(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", AutoString(length=200), nullable=True),
        sa.CheckConstraint(
            _one_of(
                "reason",
                "unrecognised",
                "expired_code",
                "revoked",
                "not_authorised",
                "under_review",
                "different_visit",
                "lone_visitor",
                "outside_window",
                "seen_elsewhere",
                "authorised_for_you",
                "authorised",
                "badge_on_record",
                "notice_on_record",
                "contact_on_record",
                "reported",
            ),
            name=op.f("ck_verification_reason"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    with op.batch_alter_table("verification", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_verification_checked_at"), ["checked_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_verification_receipt_hash"),
            ["receipt_hash"],
            unique=False,
            sqlite_where=sa.text("receipt_hash IS NOT NULL"),
            postgresql_where=sa.text("receipt_hash IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_verification_ref_checked_at"), ["ref", "checked_at"], unique=False
        )

    op.create_table(
        "staff",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("staff_number", AutoString(length=64), nullable=False),
        sa.Column("name", AutoString(length=200), nullable=False),
        sa.Column("name_latin", AutoString(length=200), nullable=True),
        sa.Column("employer", AutoString(length=200), nullable=False),
        sa.Column("agency_id", AutoString(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("status", AutoString(length=16), nullable=False),
        sa.Column("photo_sha256", AutoString(), nullable=True),
        sa.CheckConstraint(
            _one_of("status", "active", "suspended", "left"),
            name=op.f("ck_staff_status"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_staff_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["photo_sha256"], ["photo.sha256"], name=op.f("fk_staff_photo_sha256_photo")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("staff_number", name=op.f("uq_staff_staff_number")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("status", AutoString(length=20), nullable=False),
        sa.Column("customer_kind", AutoString(length=16), nullable=False),
        sa.Column("customer_ref_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("customer_ref_hash", sa.LargeBinary(), nullable=False),
        sa.Column("customer_phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("customer_phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("liaison_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("time_zone", AutoString(length=64), nullable=False),
        sa.Column("place_hint", AutoString(length=40), nullable=False),
        sa.Column("purpose", AutoString(length=20), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("agency_id", AutoString(), nullable=True),
        sa.Column("jurisdiction", AutoString(length=16), nullable=True),
        sa.Column("language", AutoString(length=8), nullable=False),
        sa.Column("planned_by", AutoString(length=200), nullable=False),
        sa.Column("planned_at", UTCDateTime(), nullable=False),
        sa.Column("closing_note", AutoString(length=4096), nullable=True),
        sa.CheckConstraint(
            _one_of("customer_kind", "individual", "enterprise"),
            name=op.f("ck_visit_customer_kind"),
        ),
        sa.CheckConstraint(
            _one_of("language", "zh-Hant", "zh-Hans", "en"),
            name=op.f("ck_visit_language"),
        ),
        sa.CheckConstraint(
            _one_of(
                "purpose",
                "account_review",
                "loan_use",
                "overdue",
                "due_diligence",
                "signing",
                "other",
            ),
            name=op.f("ck_visit_purpose"),
        ),
        sa.CheckConstraint(
            _one_of("status", "planned", "awaiting_approval", "cancelled", "ended"),
            name=op.f("ck_visit_status"),
        ),
        sa.CheckConstraint(
            "starts_at < ends_at",
            name=op.f("ck_visit_slot_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_visit_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_visit_customer_phone_hash"), ["customer_phone_hash"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_visit_customer_ref_hash"), ["customer_ref_hash"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_visit_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "badge",
        sa.Column("number", AutoString(length=64), nullable=False),
        sa.Column("staff_id", AutoString(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("status", AutoString(length=16), nullable=False),
        sa.CheckConstraint(
            _one_of("status", "active", "lost", "stolen", "revoked"),
            name=op.f("ck_badge_status"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_badge_staff_id_staff")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_badge")),
    )
    with op.batch_alter_table("badge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badge_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "device",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("staff_id", AutoString(), nullable=False),
        sa.Column("jkt", AutoString(length=43), nullable=False),
        sa.Column("jwk", sa.JSON(), nullable=False),
        sa.Column("label", AutoString(length=100), nullable=False),
        sa.Column("status", AutoString(length=16), nullable=False),
        sa.Column("enrolled_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            _one_of("status", "pending", "active", "revoked"),
            name=op.f("ck_device_status"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_device_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("jkt", name=op.f("uq_device_jkt")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "enrolment_code",
        sa.Column("id", AutoString(length=32), nullable=False),
        sa.Column("staff_id", AutoString(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_enrolment_code_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_code")),
    )
    with op.batch_alter_table("enrolment_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolment_code_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("visit_id", AutoString(length=32), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phrase_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_notice_visit_id_visit")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_notice")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_notice_code_hash")),
    )
    op.create_table(
        "visit_staff",
        sa.Column("visit_id", AutoString(length=32), nullable=False),
        sa.Column("staff_id", AutoString(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_visit_staff_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_staff_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("visit_id", "staff_id", name=op.f("pk_visit_staff")),
    )
    with op.batch_alter_table("visit_staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_staff_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "visit_token",
        sa.Column("ref", sa.LargeBinary(), nullable=False),
        sa.Column("token", AutoString(length=2048), nullable=False),
        sa.Column("kid", AutoString(length=43), nullable=False),
        sa.Column("visit_id", AutoString(), nullable=False),
        sa.Column("staff_id", AutoString(), nullable=False),
        sa.Column("device_id", AutoString(), nullable=False),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("wrong_notices", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_visit_token_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_visit_token_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_token_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_visit_token")),
    )
    with op.batch_alter_table("visit_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_token_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_token_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_token_kid"), ["kid"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_token_staff_id"), ["staff_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_token_visit_id"), ["visit_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("visit_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_token_visit_id"))
        batch_op.drop_index(batch_op.f("ix_visit_token_staff_id"))
        batch_op.drop_index(batch_op.f("ix_visit_token_kid"))
        batch_op.drop_index(batch_op.f("ix_visit_token_expires_at"))
        batch_op.drop_index(batch_op.f("ix_visit_token_device_id"))

    op.drop_table("visit_token")
    with op.batch_alter_table("visit_staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_staff_staff_id"))

    op.drop_table("visit_staff")
    op.drop_table("notice")
    with op.batch_alter_table("enrolment_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolment_code_staff_id"))

    op.drop_table("enrolment_code")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_staff_id"))

    op.drop_table("device")
    with op.batch_alter_table("badge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_badge_staff_id"))

    op.drop_table("badge")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_starts_at"))
        batch_op.drop_index(batch_op.f("ix_visit_customer_ref_hash"))
        batch_op.drop_index(batch_op.f("ix_visit_customer_phone_hash"))
        batch_op.drop_index(batch_op.f("ix_visit_agency_id"))

    op.drop_table("visit")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_agency_id"))

    op.drop_table("staff")
    with op.batch_alter_table("verification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verification_ref_checked_at"))
        batch_op.drop_index(batch_op.f("ix_verification_receipt_hash"))
        batch_op.drop_index(batch_op.f("ix_verification_checked_at"))

    op.drop_table("verification")
    op.drop_index("uq_signing_key_active", "signing_key")
    op.drop_table("signing_key")
    op.drop_table("remembered")
    op.drop_table("photo")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_stored_at"))

    op.drop_table("idempotency_key")
    op.drop_table("data_key")
    op.drop_table("agency")
