"""Coming in and staying in: login, its limit, invitations, forgotten passwords, tokens, what one user may have."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ranking.access import MOST_TOKENS, ApiToken, Invitation, digest, invite, make_token, password_path
from ranking.models import User

pytestmark = pytest.mark.django_db
LONG = "심장이-뛰는-순간-9"


@pytest.fixture
def staff(db) -> User:
    return User.objects.create_user("chief", password="chief's password", is_staff=True)


@pytest.fixture
def staff_client(staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def log_in(name="alice", password="wrong", peer="10.0.0.1", browser=None):
    form = {"username": name, "password": password}
    return (browser or Client()).post(reverse("login"), form, REMOTE_ADDR=peer)


def secret_in(answer) -> str:
    return re.search(r'<code class="secret"[^>]*>([^<]+)</code>', answer.content.decode())[1]


def path_in(answer) -> str:
    return secret_in(answer).removeprefix("http://testserver")


class TestLogin:
    def test_a_wrong_password_is_told_and_the_right_one_lets_in(self, alice):
        answer = log_in()
        assert answer.status_code == 422
        assert "do not belong together" in answer.content.decode()
        assert log_in(password="alice's password").status_code == 302

    def test_the_sixth_try_of_a_minute_is_refused_even_with_the_right_password(self, alice):
        assert [log_in().status_code for _ in range(5)] == [422] * 5
        answer = log_in(name=" ALICE ", password="alice's password")
        assert answer.status_code == 429 and answer["Retry-After"] == "60"
        assert "Wait a minute" in answer.content.decode()

    def test_other_people_at_other_addresses_are_not_locked_out_by_it(self, alice, bob):
        for _ in range(6):
            log_in()
        assert log_in(password="alice's password", peer="10.0.0.2").status_code == 302
        assert log_in("bob", "bob's password").status_code == 302

    def test_one_address_cannot_try_many_names(self, alice):
        codes = [log_in(f"somebody {number}").status_code for number in range(31)]
        assert codes == [422] * 30 + [429]

    def test_the_tries_are_forgotten_after_a_minute(self, alice, monkeypatch):
        monkeypatch.setattr("ranking.throttle.SECONDS", 1)
        assert [log_in().status_code for _ in range(6)][-1] == 429
        time.sleep(1.1)
        assert log_in(password="alice's password").status_code == 302

    def test_while_redis_is_down_nobody_guesses_and_the_log_says_why(self, alice, settings, caplog):
        backend = "django.core.cache.backends.redis.RedisCache"
        settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "unix:///nowhere/redis.sock"}}
        assert log_in(password="alice's password").status_code == 429
        assert "Redis does not count" in caplog.text

    def test_the_admin_has_no_second_door(self, staff):
        answer = Client().get("/admin/login/?next=/admin/")
        assert answer.status_code == 302 and answer.url == "/login/?next=/admin/"
        assert Client().post("/admin/login/", {"username": "chief", "password": "chief's password"}).status_code == 302
        browser = Client()
        assert log_in("chief", "chief's password", browser=browser).status_code == 302
        assert browser.get("/admin/").status_code == 200

    def test_somebody_locked_out_does_not_come_in(self, alice):
        User.objects.update(is_active=False)
        assert log_in(password="alice's password").status_code == 422

    def test_logging_out_is_a_post(self, client):
        assert client.get(reverse("logout")).status_code == 405
        client.post(reverse("logout"))
        assert client.get("/").status_code == 302


class TestInvitations:
    def form(self, **more):
        return {"username": "민지", "email": "", "password1": LONG, "password2": LONG} | more

    def test_the_staff_makes_a_link_and_who_has_it_chooses_name_and_password(self, staff, staff_client):
        made = staff_client.post(reverse("invitation-add"), {"note": "Minji"})
        path = path_in(made)
        browser = Client()
        assert browser.get(path).status_code == 200
        assert browser.post(path, self.form()).status_code == 302
        user = browser.get("/").wsgi_request.user
        assert (user.username, user.is_staff, user.is_superuser) == ("민지", False, False)
        assert user.check_password(LONG)
        row = Invitation.objects.get()
        assert row.joined == user and row.used_at and row.made_by == staff

    def test_it_is_good_once(self, staff):
        path = reverse("join", args=[invite(staff)])
        assert Client().post(path, self.form()).status_code == 302
        again = Client().post(path, self.form(username="other"))
        assert again.status_code == 410 and "no longer good" in again.content.decode()
        assert not User.objects.filter(username="other").exists()

    def test_of_two_at_once_one_joins(self, staff):
        invite(staff)
        first, second = Invitation.objects.get(), Invitation.objects.get()
        assert [first.use(), second.use()] == [True, False]

    def test_it_ends_after_seven_days_and_when_it_is_taken_back(self, staff, staff_client):
        secret = invite(staff)
        Invitation.objects.update(expires_at=timezone.now() + timedelta(days=7))
        assert Client().get(reverse("join", args=[secret])).status_code == 200
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert Client().get(reverse("join", args=[secret])).status_code == 410
        other = invite(staff, "other")
        staff_client.post(reverse("invitation-delete", args=[Invitation.objects.get(note="other").pk]))
        assert Client().get(reverse("join", args=[other])).status_code == 410

    def test_only_the_digest_is_kept(self, staff):
        secret = invite(staff)
        row = Invitation.objects.get()
        assert len(secret) >= 43 and row.digest == digest(secret)
        assert secret not in repr(vars(row))

    def test_who_is_logged_in_is_told_that_it_makes_another_account(self, staff, staff_client):
        path, warning = reverse("join", args=[invite(staff)]), "This makes another account"
        assert warning in staff_client.get(path).content.decode()
        assert warning not in Client().get(path).content.decode()

    def test_the_people_page_says_until_which_day_it_is_open(self, staff, staff_client):
        invite(staff, "Minji")
        Invitation.objects.update(expires_at=datetime(2036, 12, 8, 3, tzinfo=UTC))
        assert "open until December 8" in staff_client.get(reverse("people")).content.decode()
        korean = staff_client.get(reverse("people"), headers={"accept-language": "ko"}).content.decode()
        assert "12월 8일까지" in korean

    def test_its_form_speaks_as_the_pages_do(self, staff):
        path, korean = reverse("join", args=[invite(staff)]), {"accept-language": "ko"}
        asked = Client().get(path, headers=korean).content.decode()
        wrong = self.form(username="a b", email="x", password1="abc", password2="d")
        told = Client().post(path, wrong, headers=korean).content.decode()
        assert "8자 이상" in asked and "비밀번호 확인" in asked
        assert not re.search("니다", asked + told)

    @pytest.mark.parametrize(
        "given",
        [
            {"username": "ALICE"},
            {"username": ""},
            {"username": "a b"},
            {"username": "a\0b"},
            {"password1": "12345678", "password2": "12345678"},
            {"password2": "another"},
            {"email": "no address"},
        ],
    )
    def test_what_is_amiss_is_told_and_the_invitation_stays_good(self, staff, alice, given):
        path = reverse("join", args=[invite(staff)])
        answer = Client().post(path, self.form(**given))
        assert answer.status_code == 422 and 'class="notice error"' in answer.content.decode()
        assert User.objects.count() == 2
        assert Client().post(path, self.form()).status_code == 302

    def test_others_than_the_staff_neither_see_nor_make_any(self, client):
        assert client.get(reverse("people")).status_code == 403
        assert client.post(reverse("invitation-add")).status_code == 403
        assert not Invitation.objects.exists()


class TestPasswords:
    def test_a_link_by_mail_is_good_once(self, alice, settings):
        settings.EMAIL_URL = "smtp://localhost"
        User.objects.filter(pk=alice.pk).update(email="alice@example.com")
        browser = Client()
        answer = browser.post(reverse("password-forgotten"), {"email": "alice@example.com"})
        assert "on its way" in answer.content.decode()
        path = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]
        chosen = browser.get(path, follow=True).redirect_chain[-1][0]
        form = {"new_password1": LONG, "new_password2": LONG}
        assert browser.post(chosen, form).url == reverse("login")
        assert log_in(password=LONG).status_code == 302
        assert "no longer good" in Client().get(path, follow=True).content.decode()

    def test_an_unknown_address_is_answered_alike(self, alice, settings):
        settings.EMAIL_URL = "smtp://localhost"
        User.objects.filter(pk=alice.pk).update(email="alice@example.com")
        known, unknown = (
            Client().post(reverse("password-forgotten"), {"email": f"{name}@example.com"}) for name in ("alice", "eve")
        )
        token = re.compile(r'"[A-Za-z0-9]{64}"')  # of CSRF, another on each page
        assert token.sub("", known.content.decode()) == token.sub("", unknown.content.decode())
        assert len(mail.outbox) == 1

    def test_mails_cannot_be_asked_for_without_end(self, settings):
        settings.EMAIL_URL = "smtp://localhost"
        codes = [Client().post(reverse("password-forgotten"), {"email": "a@b.example"}).status_code for _ in range(6)]
        assert codes == [200] * 5 + [429]

    def test_without_mail_the_page_says_whom_to_ask(self, settings):
        settings.EMAIL_URL = ""
        assert "Ask whoever runs it" in Client().get(reverse("password-forgotten")).content.decode()
        Client().post(reverse("password-forgotten"), {"email": "a@b.example"})
        assert mail.outbox == []

    def test_the_staff_makes_a_link_that_is_good_once(self, alice, staff_client):
        path = path_in(staff_client.post(reverse("password-link", args=[alice.pk])))
        browser = Client()
        chosen = browser.get(path).url
        assert browser.post(chosen, {"new_password1": LONG, "new_password2": LONG}).status_code == 302
        alice.refresh_from_db()
        assert alice.check_password(LONG)
        assert "no longer good" in Client().get(path, follow=True).content.decode()

    def test_it_ends_after_a_day(self, alice, settings):
        assert settings.PASSWORD_RESET_TIMEOUT == 24 * 3600
        path = password_path(alice)
        settings.PASSWORD_RESET_TIMEOUT = -1
        assert "no longer good" in Client().get(path, follow=True).content.decode()

    def test_the_staff_cannot_take_over_a_superuser_or_its_like(self, staff_client, alice):
        for rights in ({"is_superuser": True}, {"is_staff": True}, {"is_active": False}):
            other = User.objects.create_user(f"other {rights}", **rights)
            assert staff_client.post(reverse("password-link", args=[other.pk])).status_code == 403
        User.objects.filter(username="chief").update(is_superuser=True)
        other = User.objects.get(is_superuser=True, is_staff=False)
        assert staff_client.post(reverse("password-link", args=[other.pk])).status_code == 200

    def test_a_changed_password_logs_other_browsers_out_and_this_one_stays(self, alice, client):
        other = Client()
        other.force_login(alice)
        wrong = {"old_password": "x", "new_password1": LONG, "new_password2": LONG}
        assert client.post(reverse("account-password"), wrong).status_code == 422
        assert client.post(reverse("account-password"), wrong | {"old_password": "alice's password"}).status_code == 302
        assert client.get("/").status_code == 200 and other.get("/").status_code == 302

    def test_the_local_owner_sets_a_first_one_without_an_old_one(self):
        owner, browser = User.objects.local_owner(), Client()
        browser.force_login(owner)
        page = browser.get(reverse("account")).content.decode()
        assert "<h1>Account</h1>" in page and "<b>This studio&#x27;s owner</b>" in page
        assert "You log in as" not in page
        form = {"new_password1": LONG, "new_password2": LONG}
        assert browser.post(reverse("account-password"), form).status_code == 302
        assert log_in("owner", LONG).status_code == 302
        owner.refresh_from_db()
        browser.force_login(owner)
        assert "You log in as “owner”." in browser.get(reverse("account")).content.decode()


class TestTokens:
    def ask(self, secret, path="/api/v1/projects", **more):
        return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"}, **more).get(path)

    def test_a_token_is_shown_once_and_only_its_digest_is_kept(self, alice, client):
        secret = secret_in(client.post(reverse("token-add"), {"name": "night film"}))
        row = ApiToken.objects.get()
        assert row.owner == alice and row.digest == digest(secret) and len(secret) >= 43
        assert secret not in client.get(reverse("account")).content.decode()

    def test_a_program_asks_and_posts_with_it_and_without_a_cookie(self, alice, bob):
        secret = make_token(alice, "x")
        assert self.ask(secret).status_code == 200
        program = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
        answer = program.post("/api/v1/projects", {"title": "밤", "videos": []}, content_type="application/json")
        assert answer.status_code == 201
        assert alice.projects.get().title == "밤" and not bob.projects.exists()
        assert ApiToken.objects.get().used_at

    def test_it_wins_over_the_cookie_of_somebody_else(self, alice, bobs_client, bob):
        headers = {"Authorization": f"Bearer {make_token(alice, 'x')}"}
        bobs_client.post("/api/v1/projects", {"videos": []}, content_type="application/json", headers=headers)
        assert alice.projects.count() == 1 and not bob.projects.exists()

    def test_a_deleted_an_unknown_and_a_locked_out_ones_token_are_refused(self, alice, client):
        secret = make_token(alice, "x")
        answer = self.ask("made up")
        assert answer.status_code == 401 and "unknown" in answer.json()["error"]["message"]
        User.objects.filter(pk=alice.pk).update(is_active=False)
        assert self.ask(secret).status_code == 401
        User.objects.filter(pk=alice.pk).update(is_active=True)
        client.post(reverse("token-delete", args=[ApiToken.objects.get().pk]))
        assert self.ask(secret).status_code == 401

    def test_it_opens_the_api_only(self, alice):
        assert self.ask(make_token(alice, "x"), "/").status_code == 302

    def test_there_are_not_endless_many(self, alice, client):
        for number in range(MOST_TOKENS):
            make_token(alice, f"{number}")
        answer = client.post(reverse("token-add"), {"name": "one more"})
        assert answer.status_code == 422 and "At most 20" in answer.content.decode()
        assert client.post(reverse("token-add"), {"name": ""}).status_code == 422


def test_an_email_that_is_none_is_told_and_not_kept(client, alice):
    answer = client.post(reverse("account-email"), {"email": "no address"})
    assert answer.status_code == 422 and "no address" in answer.content.decode()
    assert client.post(reverse("account-email"), {"email": "a@b.example"}).status_code == 302
    alice.refresh_from_db()
    assert alice.email == "a@b.example"
