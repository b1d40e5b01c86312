//! A one-time password, or a half of one, for the administrator to hand over.

use askama::Template;
use jianjia_app::office::account::Outcome;
use jianjia_domain::office::account::Account;

use crate::{
    frame::Frame,
    page::{PageResult, page, see_other_with},
    pages::office::address,
};

/// What somebody is told who has a one-time password, or a half of one, to hand over. It stands in this answer only: it is kept nowhere, so there
/// is no page to go on to.
#[derive(Template)]
#[template(path = "office/account/password_given.html")]
pub(super) struct PasswordGiven {
    pub(super) frame: Frame,
    pub(super) account: Account,
    pub(super) once: String,
    pub(super) given: Given,
}

/// How much of a one-time password it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    ForNew,
    Whole,
    /// The proposer's; nothing is done yet.
    FirstHalf,
    /// The confirmer's.
    SecondHalf,
}

impl PasswordGiven {
    fn title(&self) -> &str {
        self.frame.t_fixed(match self.given {
            Given::ForNew => "账号已经建好",
            Given::Whole => "密码已经重置",
            Given::FirstHalf => "已经提出，等另一位管理员确认",
            Given::SecondHalf => "已经确认",
        })
    }

    fn label(&self) -> &str {
        self.frame.t_fixed(match self.given {
            Given::ForNew | Given::Whole => "一次性密码",
            Given::FirstHalf => "一次性密码的前半",
            Given::SecondHalf => "一次性密码的后半",
        })
    }

    fn advice(&self) -> &str {
        self.frame.t_fixed(match self.given {
            Given::ForNew | Given::Whole => {
                "这个密码只显示这一次，系统不保存。请现在就当面或打电话告诉本人，不要用群消息；本人登录后会马上要求改密码。"
            }
            Given::FirstHalf => {
                "这是本人将来登录用的一次性密码的前半，只显示这一次。请当面或打电话告诉本人；另一位管理员确认以后告诉本人后半，两半之间加一个横线，才能登录。两位管理员谁也不要把自己的一半告诉对方。"
            }
            Given::SecondHalf => {
                "这是一次性密码的后半，只显示这一次。请当面或打电话告诉本人：先输提出的管理员给的前半，加一个横线，再输后半。前半不要问，也不要代为登录；本人登录后会马上要求改密码。"
            }
        })
    }
}

/// The page of what came of an act: a password to hand over, or back to the account with a notice.
pub(super) fn come_of(
    frame: Frame,
    account: Account,
    outcome: Outcome,
    given: Given,
    notice: &str,
) -> PageResult {
    let (once, given) = match outcome {
        Outcome::Done { once: Some(once) } => (once, given),
        Outcome::Proposed { half: Some(half) } => (half, Given::FirstHalf),
        Outcome::Done { once: None } => {
            return see_other_with(&address::account(&account.id), notice);
        }
        Outcome::Proposed { half: None } => {
            let notice = "已经提出，等另一位管理员确认";
            return see_other_with(&address::account(&account.id), notice);
        }
    };
    page(&PasswordGiven {
        frame,
        account,
        once,
        given,
    })
}
