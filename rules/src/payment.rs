//! How people pay, and how they confirm.

use crate::set::{CodeSet, coded};

coded! {
    PaymentChannel {
        WeChat = "wechat",
        UnionPay = "unionpay",
    }
}

pub type PaymentChannels = CodeSet<PaymentChannel>;

coded! {
    /// How a person confirms a decision.
    Confirmation {
        SmsCode = "sms-code",
    }
}
