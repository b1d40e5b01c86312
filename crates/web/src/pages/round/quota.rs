//! The city's places: by federation and title, with what is used and what came back; proposed, previewed, released, opened for shares, moved on.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    round::recommendation::{
        self as recommendations, PlaceInput, Proposal, QuotaRow, QuotaTable, ReleasePreview,
        proposed_for,
    },
};
use jianjia_domain::core::{
    ids::UnitId,
    policy::{Act, Actor},
    refusal::Refusal,
};
use jianjia_standard::programme::ApportionedBy;

use crate::{
    form::{Form, Problems, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::round::address,
    path::{self, Path},
    routes::{Access, Route},
    session::SignedIn,
};

mod export;
mod moving;

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::SetQuota);
    vec![
        Route::get("/quotas/{year}", Access::Seen, show),
        Route::get("/quotas/{year}/proposal", act, propose),
        Route::get("/quotas/{year}/export", Access::Seen, export::export),
        Route::post("/quotas/{year}", act, release),
        Route::post("/quotas/{year}/preview", act, preview),
        Route::post("/quotas/{year}/opening", act, open),
        Route::post("/quotas/{year}/move/preview", act, moving::preview),
        Route::post("/quotas/{year}/move", act, moving::confirm),
    ]
}

#[derive(Template)]
#[template(path = "round/quota/show.html")]
struct Show {
    frame: Frame,
    table: QuotaTable,
    /// The titles for which the standard says how places are proposed.
    proposable: Vec<(String, String)>,
    proposals: Vec<Proposal>,
    typed: Fields,
    problems: Problems,
}

impl Show {
    fn in_all(&self, place: &usize) -> i64 {
        self.table.in_all(*place)
    }

    /// What came back and nobody has yet.
    fn unmoved(&self, place: &usize) -> i64 {
        self.table.unmoved[*place]
    }

    fn title(&self, place: &usize) -> &str {
        let title = self.table.titles.get(*place);
        title.map_or("", |(title, _)| title.as_str())
    }

    fn name(&self, federation: &UnitId, place: &usize) -> String {
        format!("places_{federation}_{}", self.title(place))
    }

    /// The name without what says which sort of field it is.
    fn rest<'a>(&self, name: &'a str) -> &'a str {
        name.strip_prefix("places_").unwrap_or(name)
    }

    /// What was typed, or what is proposed, or the places as they are.
    fn value(&self, name: &str, places: &i64) -> String {
        let proposed = || {
            let (federation, title) = self.rest(name).split_once('_')?;
            let federation: UnitId = federation.parse().ok()?;
            proposed_for(&self.proposals, title, &federation)
        };
        self.typed
            .get(name)
            .map_or_else(|| proposed().unwrap_or(*places).to_string(), str::to_owned)
    }

    /// The sum of a title's places as they stand in the form; a closed list's are in it, and what moved on counts where it is now.
    fn sum(&self, place: &usize) -> i64 {
        let rows = self.table.rows.iter().map(|row| {
            let cell = &row.cells[*place];
            if cell.is_closed {
                return cell.places - cell.moved;
            }
            let name = self.name(&row.federation.id, place);
            let value = self.value(&name, &cell.places);
            value.trim().parse().unwrap_or(0)
        });
        rows.sum()
    }

    /// What of the sum stands in no field.
    fn fixed(&self, place: &usize) -> i64 {
        let cells = self.table.rows.iter().map(|row| &row.cells[*place]);
        let fixed = cells.filter(|cell| cell.is_closed || !self.table.may_set);
        fixed.map(|cell| cell.places - cell.moved).sum()
    }

    /// The places that the form showed first: who typed before somebody else saved is told.
    fn seen(&self, name: &str, places: &i64) -> String {
        let seen = self.typed.get(&format!("seen_{}", self.rest(name)));
        seen.map_or_else(|| places.to_string(), str::to_owned)
    }

    fn has_totals(&self) -> bool {
        self.typed.beginning("total_").next().is_some()
    }

    /// What a proposal counted of a federation.
    fn counted(&self, federation: &UnitId, place: &usize) -> Option<String> {
        let title = self.title(place);
        let proposal = self.proposals.iter().find(|one| one.title == title)?;
        let mut shares = proposal.shares.iter();
        let share = shares.find(|share| share.federation.id == *federation)?;
        let frame = &self.frame;
        let figure = match proposal.by {
            ApportionedBy::Units => frame.t1("{} 个单位", share.figure),
            ApportionedBy::Members => frame.t1("{} 名会员", share.figure),
            ApportionedBy::Workers => frame.t1("{} 名职工", share.figure),
        };
        if share.unknown == 0 {
            return Some(figure);
        }
        let unknown = frame.t1("{} 个单位没有数据，未计入", share.unknown);
        Some(frame.t2("{}；{}", figure, unknown))
    }

    fn by_words(&self, proposal: &Proposal) -> String {
        let frame = &self.frame;
        let by = match proposal.by {
            ApportionedBy::Units => "单位数",
            ApportionedBy::Members => "会员数",
            ApportionedBy::Workers => "职工数",
        };
        frame.t3(
            "{}：按名册里的{}分配 {} 个，余数大的先进位，合计正好。",
            frame.text(&proposal.title_name),
            frame.t(by),
            proposal.total,
        )
    }

    fn total(&self, title: &str) -> &str {
        self.typed.first(&format!("total_{title}"))
    }

    /// The federations of which places can move: they came back, or nobody takes them of a closed list; for a choice.
    fn givers(&self) -> Vec<(String, String)> {
        let rows = self.table.rows.iter();
        let giving = rows.filter(|row| row.cells.iter().any(|cell| cell.movable() > 0));
        giving
            .map(|row| (row.federation.id.to_string(), self.giver(row)))
            .collect()
    }

    /// A federation with what can move of its places, title by title.
    fn giver(&self, row: &QuotaRow) -> String {
        let titles = self.titles().into_iter().zip(&row.cells);
        let movable = titles.filter(|(_, cell)| cell.movable() > 0);
        let each: Vec<String> = movable
            .map(|((_, name), cell)| self.frame.t2("{} {} 个", name, cell.movable()))
            .collect();
        let each = each.join(self.frame.t("、"));
        self.frame.t2("{}：{}", &row.federation.name, each)
    }

    fn federations(&self) -> Vec<(String, String)> {
        let rows = self.table.rows.iter();
        rows.map(|row| (row.federation.id.to_string(), row.federation.name.clone()))
            .collect()
    }

    fn titles(&self) -> Vec<(String, String)> {
        let titles = self.table.titles.iter();
        titles
            .map(|(key, name)| (key.clone(), self.frame.text(name).to_owned()))
            .collect()
    }

    fn title_name(&self, key: &str) -> &str {
        let mut titles = self.table.titles.iter();
        let found = titles.find(|(title, _)| title == key);
        found.map_or("", |(_, name)| self.frame.text(name))
    }
}

/// What releasing would do.
#[derive(Template)]
#[template(path = "round/quota/preview.html")]
struct Preview {
    frame: Frame,
    preview: ReleasePreview,
    /// The form as it was typed, to be sent again.
    typed: Fields,
}

impl Preview {
    fn fields(&self) -> Vec<(&str, &str)> {
        let fields = self.typed.0.iter();
        fields
            .filter(|(name, _)| name.starts_with("places_") || name.starts_with("seen_"))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    fn breaks(&self, refusal: &Refusal) -> String {
        self.frame.refusal(refusal)
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
) -> PageResult {
    let typed = Fields::default();
    page(&form(&app, &actor, frame, year, typed, Problems::none()).await?)
}

async fn form(
    app: &App,
    actor: &Actor,
    frame: Frame,
    year: i16,
    typed: Fields,
    problems: Problems,
) -> Result<Show, PageError> {
    let table = recommendations::table(app, actor, year).await?;
    let proposable = recommendations::proposable(app, year).into_iter();
    Ok(Show {
        proposable: proposable
            .map(|(key, name)| (key, frame.text(&name).to_owned()))
            .collect(),
        proposals: Vec::new(),
        frame,
        table,
        typed,
        problems,
    })
}

/// The form with what the standard proposes for the totals that were typed.
async fn propose(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(fields): Query<Fields>,
) -> PageResult {
    let totals: Vec<(String, String)> = fields
        .beginning("total_")
        .map(|(title, total)| (title.to_owned(), total.to_owned()))
        .collect();
    let proposed = recommendations::propose(&app, &actor, year, &totals).await;
    match told(proposed, &frame)? {
        Ok(proposals) => {
            let shown = form(&app, &actor, frame, year, fields, Problems::none()).await?;
            page(&Show { proposals, ..shown })
        }
        // Nothing was to be done, so nothing failed: the page says what to type.
        Err(problems) => page(&form(&app, &actor, frame, year, fields, problems).await?),
    }
}

fn inputs(fields: &Fields) -> Result<Vec<PlaceInput>, PageError> {
    let mut inputs = Vec::new();
    for (rest, places) in fields.beginning("places_") {
        let (federation, title) = rest.split_once('_').ok_or(PageError::NotFound)?;
        let seen = fields.get(&format!("seen_{rest}")).unwrap_or("0");
        inputs.push(PlaceInput {
            federation: path::read(federation)?,
            title: title.to_owned(),
            seen: path::read(seen)?,
            places: places.to_owned(),
        });
    }
    Ok(inputs)
}

/// The form with its sums anew, or what releasing it would do.
async fn preview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(fields): Form<Fields>,
) -> PageResult {
    if fields.first("then") == "recount" {
        return page(&form(&app, &actor, frame, year, fields, Problems::none()).await?);
    }
    let preview = recommendations::preview_places(&app, &actor, year, &inputs(&fields)?).await?;
    page(&Preview {
        frame,
        preview,
        typed: fields,
    })
}

async fn release(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(fields): Form<Fields>,
) -> PageResult {
    if fields.first("then") == "back" {
        return page(&form(&app, &actor, frame, year, fields, Problems::none()).await?);
    }
    let inputs = inputs(&fields)?;
    match told(
        recommendations::set_places(&app, &actor, year, &inputs).await,
        &frame,
    )? {
        Ok(changed) => {
            let words = frame.t1("名额已下达，{} 处有变动，已告知推荐单位。", changed);
            see_other_with(&address::quotas(year), &words)
        }
        Err(problems) => unprocessable(&form(&app, &actor, frame, year, fields, problems).await?),
    }
}

/// Whether a title's places may be given on to townships.
async fn open(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let title = fields.first("title");
    let is_open = fields.first("open") == "yes";
    let done = recommendations::open_for_shares(&app, &actor, year, title, is_open).await;
    match told(done, &frame)? {
        Ok(()) => {
            let words = if is_open {
                "推荐单位可以把名额分到镇（街道）了。"
            } else {
                "名额不再分到镇（街道），已分的不再限制。"
            };
            see_other_with(&address::quotas(year), words)
        }
        Err(problems) => unprocessable(&form(&app, &actor, frame, year, fields, problems).await?),
    }
}
