//! How a "no" is told: what happened, by which clause or rule, what to do. One enum a noun, beside the noun; the sentences are
//! built there, in both languages, and nowhere else.

use jianjia_standard::Lang;

use crate::core::policy::{Act, Role};

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident($noun:ty),)*) => {
        /// A decision's "no". It is an answer to the person, not a failure of the program.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Refusal {
            /// What any act may answer.
            General(General),
            /// Fields of a form that can't be taken, each with its own refusal. Nothing was saved.
            Fields(Vec<(String, Refusal)>),
            $($(#[$doc])* $name($noun),)*
        }

        impl Refusal {
            /// The sentence for the person.
            pub fn sentence(&self, lang: Lang) -> String {
                match self {
                    Refusal::General(general) => general.sentence(lang),
                    Refusal::Fields(fields) => {
                        let sentences: Vec<String> = fields.iter().map(|(_, refusal)| refusal.sentence(lang)).collect();
                        sentences.join(if lang == Lang::Zh { "" } else { " " })
                    }
                    $(Refusal::$name(noun) => noun.sentence(lang),)*
                }
            }

            /// A stable key for the API and tests, like `application/outside-window`.
            pub fn key(&self) -> &'static str {
                match self {
                    Refusal::General(general) => general.key(),
                    Refusal::Fields(_) => "fields",
                    $(Refusal::$name(noun) => noun.key(),)*
                }
            }
        }

        impl From<General> for Refusal {
            fn from(general: General) -> Refusal {
                Refusal::General(general)
            }
        }

        $(impl From<$noun> for Refusal {
            fn from(noun: $noun) -> Refusal {
                Refusal::$name(noun)
            }
        })*
    };
}

// One line a noun: its enum has `sentence(&self, Lang) -> String` and `key(&self) -> &'static str`.
refusals! {
    Statement(crate::year::statement::StatementRefusal),
    Activity(crate::year::activity::ActivityRefusal),
    Evidence(crate::year::evidence::EvidenceRefusal),
    Assessment(crate::year::assessment::AssessmentRefusal),
    Account(crate::office::account::AccountRefusal),
    Application(crate::round::application::ApplicationRefusal),
    CreditCode(crate::register::credit_code::CreditCodeRefusal),
    Election(crate::register::election::ElectionRefusal),
    Import(crate::exchange::import::refusal::ImportRefusal),
    DivisionRow(crate::exchange::import::divisions::DivisionRowRefusal),
    SheetRow(crate::exchange::import::sheets::refusal::SheetRowRefusal),
    Honour(crate::honour::honour::HonourRefusal),
    TitleRow(crate::exchange::import::titles::TitleRowRefusal),
    Naming(crate::round::naming::NamingRefusal),
    Person(crate::register::person::PersonRefusal),
    Poll(crate::rating::poll::refusal::PollRefusal),
    Improvement(crate::rating::improvement::ImprovementRefusal),
    Recommendation(crate::round::recommendation::RecommendationRefusal),
    Round(crate::round::round::RoundRefusal),
    Route(crate::round::route::RouteRefusal),
    Unit(crate::register::unit::refusal::UnitRefusal),
    Veto(crate::round::veto::VetoRefusal),
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
}

impl General {
    pub fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (General::NotYourRole { roles, .. }, Lang::Zh) => {
                let roles = words(roles, |role| role.word(), "或");
                format!("您的角色不能办理这件事：按权限规定由{roles}办理，请联系他们。")
            }
            (General::NotYourRole { roles, .. }, Lang::En) => {
                let roles = words(roles, |role| role.key(), " or ");
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
        }
    }

    pub fn key(&self) -> &'static str {
        match self {
            General::NotYourRole { .. } => "not-your-role",
            General::Stale => "stale",
            General::RoleTaken => "role-taken",
        }
    }
}

fn words(roles: &[Role], word: impl Fn(&Role) -> &'static str, or: &str) -> String {
    let mut words: Vec<&str> = roles.iter().map(word).collect();
    words.sort_unstable();
    words.dedup();
    words.join(or)
}
