"""Settings that once went wrong elsewhere: each of these was a trap."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from ranking import celery as celery_module
from ranking import settings as studio_settings


def pragma(name):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PRAGMAs are SQLite's")
def test_sqlite_is_opened_with_wal_a_patient_lock_and_foreign_keys():
    assert pragma("journal_mode") == "wal"
    assert pragma("busy_timeout") == 20_000
    assert pragma("synchronous") == 1, "NORMAL"
    assert pragma("foreign_keys") == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="IMMEDIATE is SQLite's")
def test_a_sqlite_transaction_takes_the_write_lock_at_its_start():
    from django.db import transaction
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        pass
    assert "BEGIN IMMEDIATE" in queries.captured_queries[0]["sql"]


def test_times_are_those_of_seoul_also_for_celery(settings):
    assert settings.TIME_ZONE == "Asia/Seoul"
    assert timezone.localtime().utcoffset() == datetime.timedelta(hours=9)
    assert str(celery_module.app.timezone) == "Asia/Seoul"


def test_the_broker_spells_a_unix_socket_as_kombu_wants_it(settings):
    assert settings.REDIS_URL.startswith("unix:///")
    assert celery_module.app.conf.broker_url == settings.REDIS_URL.replace("unix://", "redis+socket://")


def test_the_broker_is_reached_through_that_spelling(valkey):
    with celery_module.app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1)
        assert broker.connected


def test_channel_layer_reads_without_a_time_limit_and_has_room_for_1000_sockets(settings):
    host = settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]
    assert host["socket_timeout"] is None
    assert host["max_connections"] >= 1000


def test_a_running_task_is_never_handed_out_twice(settings):
    hidden = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert hidden > settings.CELERY_TASK_TIME_LIMIT


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first = studio_settings._kept_secret(tmp_path / "secret")
    assert len(first) > 50
    assert studio_settings._kept_secret(tmp_path / "secret") == first
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_the_settings_file_stays_short():
    with open(studio_settings.__file__) as file:
        assert len(file.readlines()) <= 200
