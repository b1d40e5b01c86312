//! How a "no" is told: what happened, by which clause or rule, what to do. One enum a noun, beside the noun; the sentences are
//! built there, in both languages, and nowhere else.

use std::{any::Any, fmt, sync::Arc};

use jianjia_standard::Lang;

use crate::core::policy::{Act, Role};

/// What a noun's refusals tell. The enum lies beside the noun; nobody needs to know all of them.
pub trait Refuse: Any + fmt::Debug + Send + Sync {
    /// A stable key for the API, the log and tests, like `application/outside-window`.
    fn key(&self) -> &'static str;

    /// The sentence for the person: what happened, by which clause or rule, what to do.
    fn sentence(&self, lang: Lang) -> String;

    /// Whether whoever filled in a form can put it right there. Where not, nothing is said of correcting.
    fn can_be_corrected(&self) -> bool {
        true
    }
}

/// A decision's "no". It is an answer to the person, not a failure of the program.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// Fields of a form that can't be taken, each with its own refusal. Nothing was saved.
    Fields(Vec<(String, Refusal)>),
    /// A noun's own.
    Told(Arc<dyn Refuse>),
}

impl Refusal {
    /// A refusal that belongs to one field of a form.
    pub fn at(field: impl Into<String>, refusal: impl Into<Refusal>) -> Refusal {
        Refusal::Fields(vec![(field.into(), refusal.into())])
    }

    /// The sentence for the person.
    pub fn sentence(&self, lang: Lang) -> String {
        match self {
            Refusal::Fields(fields) => {
                let sentences: Vec<String> = fields
                    .iter()
                    .map(|(_, refusal)| refusal.sentence(lang))
                    .collect();
                sentences.join(if lang == Lang::Zh { "" } else { " " })
            }
            Refusal::Told(noun) => noun.sentence(lang),
        }
    }

    /// Whether anything of it can be put right in the form that was sent.
    pub fn can_be_corrected(&self) -> bool {
        match self {
            Refusal::Fields(fields) => {
                fields.is_empty() || fields.iter().any(|(_, refusal)| refusal.can_be_corrected())
            }
            Refusal::Told(noun) => noun.can_be_corrected(),
        }
    }

    /// A stable key for the API, the log and tests, like `application/outside-window`.
    pub fn key(&self) -> &'static str {
        match self {
            Refusal::Fields(_) => "fields",
            Refusal::Told(noun) => noun.key(),
        }
    }

    /// The refusal as the noun's own, if it is one of that noun.
    pub fn of<R: Refuse>(&self) -> Option<&R> {
        match self {
            Refusal::Fields(_) => None,
            Refusal::Told(noun) => {
                let noun: &dyn Any = &**noun;
                noun.downcast_ref()
            }
        }
    }
}

impl<R: Refuse> From<R> for Refusal {
    fn from(noun: R) -> Refusal {
        Refusal::Told(Arc::new(noun))
    }
}

/// Two refusals are the same when people are told the same.
impl PartialEq for Refusal {
    fn eq(&self, other: &Refusal) -> bool {
        match (self, other) {
            (Refusal::Fields(fields), Refusal::Fields(others)) => fields == others,
            (Refusal::Told(noun), Refusal::Told(other)) => {
                noun.key() == other.key()
                    && [Lang::Zh, Lang::En]
                        .into_iter()
                        .all(|lang| noun.sentence(lang) == other.sentence(lang))
            }
            _ => false,
        }
    }
}

/// What any act may answer.
#[derive(Clone, Debug, PartialEq)]
pub enum General {
    /// The role that may do it is another's.
    NotYourRole { act: Act, roles: Vec<Role> },
    /// Somebody saved in between: the form was made from an older state.
    Stale,
    /// The role by which somebody acts was taken meanwhile, or the account locked.
    RoleTaken,
    /// The second factor was not given within the last minutes.
    ProofAsked,
    /// A program came with an access token, which only reads.
    ByToken,
}

impl Refuse for General {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (General::NotYourRole { roles, .. }, Lang::Zh) => {
                let roles = words(roles, |role| role.word(), ("、", "或"));
                format!("您的角色不能办理这件事：按权限规定由{roles}办理，请联系他们。")
            }
            (General::NotYourRole { roles, .. }, Lang::En) => {
                let roles = words(roles, |role| role.key(), (", ", " or "));
                format!("Your role can't do this: by the permission rules it is for the {roles}. Please ask them.")
            }
            (General::Stale, Lang::Zh) => {
                "在您填写期间，别人已经保存了新的内容，所以您这次的内容没有保存。请对照最新内容后再提交，您填写的内容仍在下面。".to_owned()
            }
            (General::Stale, Lang::En) => {
                "Somebody saved newer content while you were filling this in, so yours was not saved. Compare with the newest and submit again; what you typed is still below.".to_owned()
            }
            (General::RoleTaken, Lang::Zh) => {
                "您的账号或角色刚刚被管理员调整，所以这件事没有办理。请重新登录后再看；如有疑问，请联系管理员。".to_owned()
            }
            (General::RoleTaken, Lang::En) => {
                "An administrator has just changed your account or role, so this was not done. Sign in again and look; if in doubt, ask the administrator.".to_owned()
            }
            (General::ProofAsked, Lang::Zh) => {
                "办理这件事要先用两步验证码确认是您本人，10 分钟内有效。请输入验证码，您填写的内容仍在。".to_owned()
            }
            (General::ProofAsked, Lang::En) => {
                "This takes a code of your second factor first, which then counts for ten minutes. Please give one; what you typed is kept.".to_owned()
            }
            (General::ByToken, Lang::Zh) => {
                "访问令牌只能查询，不能办理。请用账号登录后在页面上办理。".to_owned()
            }
            (General::ByToken, Lang::En) => {
                "An access token reads and does nothing else. Please sign in and do this on the pages.".to_owned()
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            General::NotYourRole { .. } => "not-your-role",
            General::Stale => "stale",
            General::RoleTaken => "role-taken",
            General::ProofAsked => "proof-asked",
            General::ByToken => "by-token",
        }
    }
}

/// Their words, with `and` between them and `or` before the last.
fn words(roles: &[Role], word: impl Fn(&Role) -> &'static str, (and, or): (&str, &str)) -> String {
    let mut words: Vec<&str> = roles.iter().map(word).collect();
    words.sort_unstable();
    words.dedup();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{}{or}{last}", rest.join(and)),
        _ => words.concat(),
    }
}
