//! All papers: each kind with what it is of and the function of its area that says what stands in it. Pages, commands and archives read this list.

use std::pin::Pin;

use jianjia_domain::core::{
    ids::AccountId,
    policy::{Actor, Role, RoleAt},
    proof::Proof,
};
use jianjia_store::register::unit;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        paper::{self as papers, Sheet},
    },
    rating::paper as rating,
    round::paper as round,
};

/// What a kind of paper is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    Application,
    /// A year's rating of a union.
    Rating,
    Poll,
}

impl Noun {
    /// What is given to a command or stands in an address: `ID`, `UNIT/YEAR`.
    pub fn placeholder(self) -> &'static str {
        match self {
            Noun::Application => "APPLICATION",
            Noun::Rating => "UNION/YEAR",
            Noun::Poll => "POLL",
        }
    }
}

/// What a data function answers.
pub type Making<'a> = Pin<Box<dyn Future<Output = Result<Sheet>> + Send + 'a>>;

/// A kind of paper.
pub struct Kind {
    /// Its template, and its word in addresses and on the command line.
    pub name: &'static str,
    pub of: Noun,
    /// What it is for: a Chinese source text.
    pub what: &'static str,
    /// Reads what stands in it, as the actor may see it: not found where they may not, or where there is no such paper of it.
    make: for<'a> fn(&'a App, &'a Actor, &'a str) -> Making<'a>,
}

macro_rules! kind {
    ($name:literal, $of:ident, $what:literal, $make:path) => {
        Kind {
            name: $name,
            of: Noun::$of,
            what: $what,
            make: {
                fn made<'a>(app: &'a App, actor: &'a Actor, of: &'a str) -> Making<'a> {
                    Box::pin(async move {
                        let of = papers::subject(of)?;
                        $make(app, actor, &of).await
                    })
                }
                made
            },
        }
    };
}

/// Name, what it is of, what it is for, and the function that reads what stands in it. In the order in which people see them.
pub const KINDS: &[Kind] = &[
    kind!(
        "application",
        Application,
        "各级签署意见、盖章用",
        round::application::sheet
    ),
    kind!("story", Application, "事迹简介和照片", round::story::sheet),
    kind!(
        "minutes",
        Application,
        "开会时填写，附表决结果",
        round::minutes::sheet
    ),
    kind!(
        "posting",
        Application,
        "申报前贴在本单位",
        round::posting::sheet
    ),
    kind!(
        "review",
        Application,
        "逐条认定和审核意见",
        round::review::sheet
    ),
    kind!(
        "rating",
        Rating,
        "计票结果和逐步计算",
        rating::result::sheet
    ),
    kind!("slip-list", Poll, "发票时签字", rating::slip_list::sheet),
    kind!(
        "reasons",
        Application,
        "逐条说明没有通过的原因",
        round::reasons::sheet
    ),
];

/// A kind by its name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// What a paper says, for the actor. `of` is what it is of, as in its address.
///
/// # Errors
/// Not found when there is no such thing, the actor may not see it, or there is no such paper of it; `NotYourRole` as the acts that the paper
/// belongs to.
pub async fn sheet(app: &App, actor: &Actor, kind: &Kind, of: &str) -> Result<Sheet> {
    (kind.make)(app, actor, of).await
}

/// The operator at the command line, who sees what the city federation's people see.
///
/// # Errors
/// Not found when the register is empty.
pub async fn operator(app: &App) -> Result<Actor> {
    let mut tx = app.db.read().await?;
    let root = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let roles = [
        Role::Reviewer,
        Role::Approver,
        Role::Auditor,
        Role::Administrator,
    ];
    Ok(Actor {
        account: AccountId(uuid::Uuid::nil()),
        person: None,
        name: "命令行".to_owned(),
        roles: roles
            .into_iter()
            .map(|role| RoleAt {
                role,
                unit: root.clone(),
            })
            .collect(),
        proof: Proof::Password,
    })
}
