//! Signing in by the city's own identity provider: which account somebody is whom it vouches for, and why nobody is signed in. Accounts are matched,
//! never made.

use jianjia_standard::Lang;
use jiff::SignedDuration;

use crate::{
    core::{provider::Matched, refusal::Refuse},
    office::account::login::{form, telephone},
};

/// How long somebody may take at the provider: a code sent to a telephone comes late.
pub const ATTEMPT: SignedDuration = SignedDuration::from_mins(10);

/// For so long a session that began at the provider stands for the password where one is asked anew.
pub const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// What the claim is compared as; none where it can be no login, or no telephone number.
pub fn sought(matched: Matched, claim: &str) -> Option<String> {
    match matched {
        Matched::Login => Some(form(claim)).filter(|login| !login.is_empty()),
        Matched::Telephone => telephone(claim),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderRefusal {
    /// It does not answer, or not as a provider does.
    Away,
    /// Not begun in this browser, too long ago, or finished before.
    Over,
    /// It said that the person did not sign in.
    Denied,
    /// What it said is not proved to be its word.
    Unproved,
    /// It does not say what accounts are matched by.
    NoClaim {
        whom: String,
    },
    /// It says that it has not checked the address or number that accounts are matched by.
    Unconfirmed,
    /// No account is matched: unknown, or locked.
    Unknown {
        whom: String,
    },
    Several {
        whom: String,
    },
    /// The account was signed in to by somebody else of the provider's, or this person to another account.
    OtherPerson {
        whom: String,
    },
    /// Passwords are not taken here.
    NoPasswords,
}

impl Refuse for ProviderRefusal {
    fn sentence(&self, lang: Lang) -> String {
        use ProviderRefusal::*;
        let (zh, en, whom) = match self {
            Away => (
                "统一身份认证平台现在没有应答，没有登录成功。请过几分钟再试；急用的，可以用本平台的用户名和密码登录，或者请上级工会帮助。",
                "The identity provider does not answer now, so you are not signed in. Please try again in a few minutes; if it is urgent, sign in with user name and password, or ask the federation above.",
                None,
            ),
            Over => (
                "这一次登录不是在这个浏览器里开始的，或者隔得太久、已经用过了，所以没有登录。请回到登录页，重新点一次。",
                "This sign-in was not begun in this browser, took too long, or was used before, so you are not signed in. Go back to the page of signing in and begin again.",
                None,
            ),
            Denied => (
                "统一身份认证平台说您没有登录，或者取消了登录。要登录的，请重新点一次。",
                "The identity provider says that you did not sign in, or gave it up. To sign in, begin again.",
                None,
            ),
            Unproved => (
                "统一身份认证平台送回的内容没有通过核对，为安全起见没有登录。请重新点一次；还是不行，请告诉维护本平台的人。",
                "What the identity provider sent did not pass the checks, so for safety you are not signed in. Begin again; if it stays so, tell whoever runs this platform.",
                None,
            ),
            NoClaim { whom } => (
                "统一身份认证平台没有说出用来对应账号的信息，所以不知道您是哪个账号。请联系",
                "The identity provider does not say what accounts are matched by, so it is not known which account is yours. Ask ",
                Some(whom),
            ),
            Unconfirmed => (
                "您在统一身份认证平台登记的手机号或邮箱还没有验证，不能凭它登录。请先到那边验证，再来登录。",
                "Your telephone number or mail address is not confirmed at the identity provider, so nobody is signed in by it. Confirm it there first, then sign in.",
                None,
            ),
            Unknown { whom } => (
                "您已经通过统一身份认证，但本平台没有和您对应的账号。账号由上级工会开通，不会自动建立。请联系",
                "The identity provider knows you, but no account here is yours. Accounts are opened by the federation above and never made by themselves. Ask ",
                Some(whom),
            ),
            Several { whom } => (
                "本平台有不止一个账号和您对应，分不清是哪一个，所以没有登录。请用用户名和密码登录，或者联系",
                "More than one account here could be yours, so you are not signed in. Sign in with user name and password, or ask ",
                Some(whom),
            ),
            OtherPerson { whom } => (
                "这个账号以前由统一身份认证平台的另一个身份登录过，或者您的身份对应过另一个账号，为防止冒用没有登录。确实换了身份的，请先重置账号的密码，对应关系随之解除。请联系",
                "Somebody else of the identity provider signed in to this account before, or you to another account; so that nobody takes another's place, you are not signed in. If your identity was made anew, have the account's password reset, which ends the old link. Ask ",
                Some(whom),
            ),
            NoPasswords => (
                "本平台只用统一身份认证登录，不再使用密码。请在登录页点统一身份认证的按钮。",
                "This platform is signed in to by the identity provider alone; passwords are not used. Use its button on the page of signing in.",
                None,
            ),
        };
        let text = if lang == Lang::Zh { zh } else { en };
        match (whom.map(String::as_str), lang) {
            (None, _) => text.to_owned(),
            (Some(""), Lang::Zh) => format!("{text}上级工会的管理员。"),
            (Some(""), Lang::En) => format!("{text}the administrator of the federation above."),
            (Some(whom), Lang::Zh) => format!("{text}{whom}。"),
            (Some(whom), Lang::En) => format!("{text}{whom}."),
        }
    }

    /// What the provider says, or that it says nothing, was typed into no form.
    fn can_be_corrected(&self) -> bool {
        false
    }

    fn key(&self) -> &'static str {
        use ProviderRefusal::*;
        match self {
            Away => "provider/away",
            Over => "provider/over",
            Denied => "provider/denied",
            Unproved => "provider/unproved",
            NoClaim { .. } => "provider/no-claim",
            Unconfirmed => "provider/unconfirmed",
            Unknown { .. } => "provider/unknown",
            Several { .. } => "provider/several",
            OtherPerson { .. } => "provider/other-person",
            NoPasswords => "provider/no-passwords",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_compared_in_the_form_in_which_accounts_have_it() {
        for (matched, claim, expect) in [
            (Matched::Login, " Wang.Fang ", Some("wang.fang")),
            (Matched::Login, "+86 138-6101-2345", Some("13861012345")),
            (Matched::Login, " ", None),
            (Matched::Telephone, "+86 138 6101 2345", Some("13861012345")),
            (Matched::Telephone, "wang.fang", None),
            (Matched::Telephone, "", None),
        ] {
            assert_eq!(sought(matched, claim).as_deref(), expect, "{claim}");
        }
    }
}
