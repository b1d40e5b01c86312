//! All papers: each kind with what it is of and the function of its area that says what stands in it. Pages, commands and archives read this list.

use std::pin::Pin;

use jianjia_domain::core::{
    ids::AccountId,
    policy::{Actor, Role, RoleAt},
    proof::Proof,
};
use jianjia_store::register::unit;

use crate::{
    check::paper as check,
    core::{
        app::App,
        error::{Error, Result},
        paper::{self as papers, Sheet},
    },
    honour::{certificate::paper as certificate, paper as honour},
    rating::paper as rating,
    round::{
        application::{self as applications, ApplicationView},
        paper as round,
    },
};

/// What a kind of paper is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    Application,
    /// A title that somebody holds.
    Honour,
    /// A year's rating of a union.
    Rating,
    Poll,
    /// What was applied for below a federation in a year for a title.
    List,
    /// A year's round.
    Round,
    /// A public notice of candidates.
    Publication,
    Objection,
    /// The titles that were given in one act.
    Batch,
    /// A year's spot check.
    SpotCheck,
    /// A year of the whole city.
    Year,
}

impl Noun {
    /// What is given to a command or stands in an address: `ID`, `UNIT/YEAR`.
    pub fn placeholder(self) -> &'static str {
        match self {
            Noun::Application => "APPLICATION",
            Noun::Honour => "HONOUR",
            Noun::Rating => "UNION/YEAR",
            Noun::Poll => "POLL",
            Noun::List => "FEDERATION/YEAR/TITLE",
            Noun::Round | Noun::SpotCheck | Noun::Year => "YEAR",
            Noun::Publication => "NOTICE",
            Noun::Objection => "OBJECTION",
            Noun::Batch => "BATCH",
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
    make: Make,
}

/// The function of a kind.
enum Make {
    /// Of what stands in an address.
    Subject(for<'a> fn(&'a App, &'a Actor, &'a str) -> Making<'a>),
    /// Of an application as its page shows it, which is read once for all of its papers.
    Application(for<'a> fn(&'a App, &'a Actor, &'a ApplicationView) -> Making<'a>),
}

macro_rules! kind {
    ($name:literal, Application, $what:literal, $make:path) => {
        Kind {
            name: $name,
            of: Noun::Application,
            what: $what,
            make: {
                fn made<'a>(
                    app: &'a App,
                    actor: &'a Actor,
                    view: &'a ApplicationView,
                ) -> Making<'a> {
                    Box::pin($make(app, actor, view))
                }
                Make::Application(made)
            },
        }
    };
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
                Make::Subject(made)
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
    kind!(
        "certificate",
        Honour,
        "带二维码，扫码就能核实",
        certificate::sheet
    ),
    kind!("notice", Round, "日程、条件和名额", round::notice::sheet),
    kind!(
        "summary",
        List,
        "逐家的数据和推荐情况，盖章上报",
        round::summary::sheet
    ),
    kind!(
        "publication",
        Publication,
        "公示的名单和怎样提异议",
        round::publication::sheet
    ),
    kind!(
        "reply",
        Objection,
        "不写提异议的人和他写的内容",
        round::reply::sheet
    ),
    kind!(
        "decision",
        Batch,
        "红头文件，名单作附件",
        honour::decision::sheet
    ),
    kind!(
        "spot-check",
        SpotCheck,
        "抽到的单位和检查人员",
        check::sample::sheet
    ),
    kind!(
        "spot-check-report",
        SpotCheck,
        "只写数字，不点名",
        check::report::sheet
    ),
    kind!("yearly", Year, "给领导看的数据和图", check::yearly::sheet),
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
    match kind.make {
        Make::Subject(make) => make(app, actor, of).await,
        Make::Application(make) => {
            let view = applications::view(app, actor, &papers::subject(of)?).await?;
            make(app, actor, &view).await
        }
    }
}

/// What a paper of an application says, for the actor, who sees it as `view` has it.
///
/// # Errors
/// As `sheet`.
pub async fn sheet_of_application(
    app: &App,
    actor: &Actor,
    kind: &Kind,
    view: &ApplicationView,
) -> Result<Sheet> {
    match kind.make {
        Make::Application(make) => make(app, actor, view).await,
        Make::Subject(_) => Err(Error::NotFound),
    }
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
