"""Runs the client wechatpayv3 against the payment sandbox: place, query, close, refund, bill, notifications, key rotation.

    run.py SERVER_BINARY
"""

import gzip
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from urllib.parse import urlsplit

import requests
import wechatpayv3.core
import wechatpayv3.utils
from wechatpayv3 import WeChatPay, WeChatPayType

MERCHANT, APP = "1900000001", "wx0000000000000001"
SERIAL = "6C75746F6E670000000000000000000000000001"
PUBLIC_KEY = "PUB_KEY_ID_0119000000012026000000000000000001"
REAL = "https://api.mch.weixin.qq.com"
DOMAIN = "http://127.0.0.1:3000"
SCENE = {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Ear(BaseHTTPRequestHandler):
    """Takes notifications and acknowledges them."""

    heard = Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.put((self.headers, body.decode()))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Sandbox:
    """The sandbox as a process of its own, whose clock may be some days behind."""

    def __init__(self, binary, keys, days_ago=0):
        api, pages = free_port(), free_port()
        self.api, self.pages = f"http://127.0.0.1:{api}", f"http://127.0.0.1:{pages}"
        environment = {**os.environ, "RUST_LOG": "warn", "LUTONG_DEVELOPMENT": "true"}
        environment.pop("LUTONG_NOW", None)
        command = [binary, "sandbox", "--listen", f"127.0.0.1:{api}", "--pages", f"127.0.0.1:{pages}",
                   "--domain", DOMAIN, "--keys", keys]
        if days_ago:
            then = datetime.now(timezone.utc) - timedelta(days=days_ago)
            command += ["--now", then.strftime("%Y-%m-%dT%H:%M:%SZ")]
        self.process = subprocess.Popen(command, env=environment)
        for _ in range(200):
            try:
                requests.get(f"{self.api}/sandbox/state", timeout=5)
                return
            except requests.ConnectionError:
                assert self.process.poll() is None, "the sandbox has ended"
                time.sleep(0.05)
        raise AssertionError("the sandbox does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def tell(self, **faults):
        requests.put(f"{self.api}/sandbox/faults", json=faults, timeout=5).raise_for_status()

    def pay(self, page):
        assert page.startswith(f"{self.pages}/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx"), page
        assert requests.get(page, timeout=5).status_code == 403, "a page opened from nowhere is refused"
        shown = requests.get(page, headers={"Referer": f"{DOMAIN}/orders/1"}, timeout=5)
        assert shown.status_code == 200 and "立即支付" in shown.text, shown.text
        form = {"outcome": "pay"}
        requests.post(page, data=form, headers={"Referer": page}, timeout=5).raise_for_status()


class Redirected:
    """The client knows the real service alone, and asks for certificates as soon as it is made."""

    def __init__(self, api):
        self.api = api

    def get(self, url, **rest):
        return requests.get(url=url.replace(REAL, self.api, 1), **rest)

    def post(self, url, **rest):
        return requests.post(url=url.replace(REAL, self.api, 1), **rest)


def client(sandbox, keys, ear, public_key=False):
    wechatpayv3.core.requests = Redirected(sandbox.api)
    read = lambda name: open(os.path.join(keys, name), encoding="utf-8").read().strip()
    more = {}
    if public_key:
        more = {"public_key": read(f"platform/{PUBLIC_KEY}.pem"), "public_key_id": PUBLIC_KEY}
    made = WeChatPay(
        wechatpay_type=WeChatPayType.H5, mchid=MERCHANT, private_key=read("apiclient_key.pem"), cert_serial_no=SERIAL,
        appid=APP, apiv3_key=read("apiv3.key"), notify_url=ear, timeout=(5, 10), **more)
    made._core._gate_way = sandbox.api
    return made


def good(answer, status=200):
    code, message = answer
    assert code == status, f"{code}: {message}"
    return json.loads(message) if message else None


def refused(answer, status, word):
    code, message = answer
    assert (code, json.loads(message)["code"]) == (status, word), f"{code}: {message}"


def place(pay, number, fen, **more):
    arguments = {"scene_info": SCENE, **more}
    return pay.pay(description="交通违法罚款", out_trade_no=number, amount={"total": fen, "currency": "CNY"}, **arguments)


def notified(pay, event):
    headers, body = Ear.heard.get(timeout=10)
    told = pay.callback(headers, body)
    assert told and told["event_type"] == event, told
    return told["resource"]


def of_days_ago(binary, keys, ear, days):
    """A payment and its refund, for the bill of that day."""
    sandbox = Sandbox(binary, keys, days)
    real = time.time
    wechatpayv3.utils.time = type("Clock", (), {"time": staticmethod(lambda: real() - days * 86400)})
    try:
        pay = client(sandbox, keys, ear)
        sandbox.pay(good(place(pay, "billed-1", 500))["h5_url"])
        notified(pay, "TRANSACTION.SUCCESS")
        good(pay.refund(out_refund_no="billed-1R", out_trade_no="billed-1", amount={"refund": 500, "total": 500, "currency": "CNY"}))
        notified(pay, "REFUND.SUCCESS")
    finally:
        wechatpayv3.utils.time = time
        sandbox.stop()


def payments(sandbox, pay):
    refused(place(pay, "client-0", 100, scene_info={"payer_client_ip": "127.0.0.1"}), 400, "PARAM_ERROR")
    page = good(place(pay, "client-1", 300))["h5_url"]
    assert good(pay.query(out_trade_no="client-1"))["trade_state"] == "NOTPAY"
    sandbox.pay(page)
    told = notified(pay, "TRANSACTION.SUCCESS")
    assert (told["out_trade_no"], told["amount"]["total"], told["mchid"], told["appid"]) == ("client-1", 300, MERCHANT, APP)
    paid = good(pay.query(out_trade_no="client-1"))
    assert paid["trade_state"] == "SUCCESS" and paid["amount"]["payer_total"] == 300, paid
    assert good(pay.query(transaction_id=paid["transaction_id"])) == paid
    refused(pay.query(out_trade_no="client-9"), 404, "ORDER_NOT_EXIST")
    refused(pay.close(out_trade_no="client-1"), 400, "ORDERPAID")
    return paid["transaction_id"]


def refunds(pay, transaction):
    amount = {"refund": 100, "total": 300, "currency": "CNY"}
    given = good(pay.refund(out_refund_no="client-1R", transaction_id=transaction, amount=amount))
    assert (given["out_trade_no"], given["amount"]["refund"]) == ("client-1", 100), given
    told = notified(pay, "REFUND.SUCCESS")
    assert (told["out_refund_no"], told["mchid"], told["refund_status"]) == ("client-1R", MERCHANT, "SUCCESS")
    assert good(pay.query_refund(out_refund_no="client-1R"))["status"] == "SUCCESS"
    refused(pay.refund(out_refund_no="client-1S", transaction_id=transaction, amount={**amount, "refund": 201}), 400, "INVALID_REQUEST")
    refused(pay.query_refund(out_refund_no="client-9R"), 404, "RESOURCE_NOT_EXISTS")


def closes(pay):
    good(place(pay, "client-2", 100))
    code, message = pay.close(out_trade_no="client-2")
    assert code == 204, f"{code}: {message}"
    assert good(pay.query(out_trade_no="client-2"))["trade_state"] == "CLOSED"
    refused(place(pay, "client-2", 100), 400, "ORDER_CLOSED")


def rotates(sandbox, pay, keys, ear):
    sandbox.tell(second_platform_key=True)
    good(pay.query(out_trade_no="client-2"))
    sandbox.tell()
    good(client(sandbox, keys, ear, public_key=True).query(out_trade_no="client-2"))


def bill(pay, days):
    day = (datetime.now(timezone(timedelta(hours=8))) - timedelta(days=days)).strftime("%Y-%m-%d")
    answer = good(pay.trade_bill(bill_date=day))
    assert answer["hash_type"] == "SHA1" and urlsplit(answer["download_url"]).path == "/v3/billdownload/file", answer
    code, packed = pay.download_bill(answer["download_url"])
    assert code == 200, code
    text = gzip.decompress(packed)
    assert hashlib.sha1(text).hexdigest() == answer["hash_value"]
    lines = text.decode().splitlines()
    columns = lines[0].split(",")
    rows = [dict(zip(columns, line.removeprefix("`").split(",`"))) for line in lines[1:-2]]
    found = {(row["交易状态"], row["商户订单号"], row["订单金额"], row["申请退款金额"]) for row in rows}
    assert found == {("SUCCESS", "billed-1", "5.00", "0.00"), ("REFUND", "billed-1", "0.00", "5.00")}, found
    today = datetime.now(timezone(timedelta(hours=8))).strftime("%Y-%m-%d")
    refused(pay.trade_bill(bill_date=today), 400, "NO_STATEMENT_EXIST")


def main(binary):
    listening = HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    ear = f"http://127.0.0.1:{listening.server_port}/"
    with tempfile.TemporaryDirectory() as folder:
        keys = os.path.join(folder, "wechat")
        of_days_ago(binary, keys, ear, 2)
        sandbox = Sandbox(binary, keys)
        try:
            pay = client(sandbox, keys, ear)
            transaction = payments(sandbox, pay)
            refunds(pay, transaction)
            closes(pay)
            rotates(sandbox, pay, keys, ear)
            bill(pay, 2)
        finally:
            sandbox.stop()
    print("wechatpayv3: everything agreed")


if __name__ == "__main__":
    main(sys.argv[1])
