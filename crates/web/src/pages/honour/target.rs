//! The city's progress towards the targets: figures, projections, and the lists of unions behind them. The charts are drawn here as SVG;
//! each stands beside its table.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    honour::target::{self as progress, CityProgress, FederationProgress},
};
use jianjia_domain::honour::target::{self, Progress, Projection};
use jianjia_standard::{Standard, programme::TargetAmount};
use jianjia_words::{format, title};

use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::honour::address,
    routes::{Access, Route},
};

pub fn routes() -> Vec<Route> {
    vec![Route::get("/progress", Access::Public, index)]
}

#[derive(Template)]
#[template(path = "honour/target/index.html")]
struct Index {
    frame: Frame,
    standard: Arc<Standard>,
    progress: CityProgress,
}

/// One bar of a chart: where it stands and what it says, in the chart's own units.
struct Bar {
    x: i64,
    y: i64,
    height: i64,
    label: String,
    figure: String,
}

const BAR_WIDTH: i64 = 40;
const BAR_STEP: i64 = 60;
const BAR_HEIGHT: i64 = 80;

impl Index {
    fn years(&self) -> String {
        let programme = &self.standard.programme;
        format!("{}-{}", programme.first_year, programme.last_year)
    }

    /// How many years the plan has.
    fn length(&self) -> String {
        let programme = &self.standard.programme;
        let years = (programme.first_year..=programme.last_year).count();
        format::few(self.frame.lang, years)
    }

    /// The titles whose targets are a share of the unions.
    fn shares(&self) -> Vec<String> {
        let targets = self.progress.targets.iter();
        targets
            .filter(|target| target.of.is_some())
            .map(|target| self.title_name(target))
            .collect()
    }

    /// The titles that are named in the year after their own, as they are called.
    fn late(&self) -> String {
        title::called(self.frame.lang, &self.standard, |title| {
            target::lag(&self.standard, &title.key) > 0
        })
    }

    fn title_name(&self, target: &Progress) -> String {
        self.standard.title(&target.title).map_or_else(
            || target.title.clone(),
            |title| self.frame.text(&title.name).to_owned(),
        )
    }

    /// The figure in large type: a count, or a share.
    fn figure(&self, target: &Progress) -> String {
        match (target.of, target.share_bp) {
            (Some(_), Some(share)) => percent(share),
            (Some(_), None) => "—".to_owned(),
            (None, _) => self.frame.count(target.held),
        }
    }

    fn sentence(&self, target: &Progress) -> String {
        match target.of {
            Some(of) => self.frame.t3(
                "{} 个基层工会中有 {} 个，目标要 {} 个。",
                self.frame.count(of),
                self.frame.count(target.held),
                self.frame.count(target.required),
            ),
            None => self.frame.t2(
                "目标 {} 个，还差 {} 个。",
                self.frame.count(target.required),
                self.frame.count(target.short_by()),
            ),
        }
    }

    fn reached(&self, target: &Progress) -> String {
        percent(target.reached_bp)
    }

    /// The width of the bar out of 1000, never more than full.
    fn reached_width(&self, target: &Progress) -> i64 {
        (target.reached_bp / 10).clamp(0, 1_000)
    }

    fn projection(&self, target: &Progress) -> String {
        match &target.projection {
            Projection::Unknown => self.frame.t("还没有一个完整的年度，无法推算。").to_owned(),
            Projection::Expected {
                figure,
                given,
                whole_years,
                reaches,
                ..
            } => {
                let expected = self.frame.t3(
                    "前 {} 个完整年度共 {} 个，照这个平均速度，到期约 {} 个：",
                    whole_years,
                    self.frame.count(*given),
                    self.frame.count(*figure),
                );
                let verdict = if *reaches {
                    self.frame.t("能够达到目标。")
                } else {
                    self.frame.t("达不到目标。")
                };
                format!("{expected}{verdict}")
            }
        }
    }

    fn by(&self, target: &Progress) -> String {
        self.frame.day(target.by)
    }

    /// The honour roll's list behind a figure.
    fn list(&self, target: &Progress, year: Option<&i16>) -> String {
        let year = year.map_or_else(|| self.years(), ToString::to_string);
        let kind = if target.of.is_some() {
            "&kind=grassroots"
        } else {
            ""
        };
        format!("{}{kind}", address::roll(&target.title, &year))
    }

    fn list_of(&self, target: &Progress, federation: &FederationProgress) -> Option<String> {
        let unit = federation.federation.as_ref()?;
        Some(format!("{}&under={}", self.list(target, None), unit.id))
    }

    fn federation_name<'a>(&'a self, federation: &'a FederationProgress) -> &'a str {
        federation
            .federation
            .as_ref()
            .map_or_else(|| self.frame.t("市直属单位工会"), |unit| &unit.name)
    }

    fn held(&self, federation: &FederationProgress, place: &usize) -> String {
        self.frame
            .count(federation.held.get(*place).copied().unwrap_or(0))
    }

    /// The share of the unions for a target that is a share.
    fn share(&self, federation: &FederationProgress, place: &usize) -> Option<String> {
        let target = self.standard.targets.get(*place)?;
        match target.amount {
            TargetAmount::Share(_) => federation.share_bp(*place).map(percent),
            TargetAmount::Count(_) => None,
        }
    }

    fn bars(&self, target: &Progress) -> Vec<Bar> {
        let most = target
            .by_year
            .iter()
            .map(|(_, count)| *count)
            .max()
            .unwrap_or(0)
            .max(1);
        target
            .by_year
            .iter()
            .zip(0..)
            .map(|((year, count), place)| {
                let height = count.max(&0) * BAR_HEIGHT / most;
                Bar {
                    x: 10 + place * BAR_STEP,
                    y: 20 + BAR_HEIGHT - height,
                    height,
                    label: year.to_string(),
                    figure: if *count > 0 || self.has_begun(year) {
                        self.frame.count(*count)
                    } else {
                        "—".to_owned()
                    },
                }
            })
            .collect()
    }

    /// Of a year to come there is nothing to say yet, which is not the same as none.
    fn has_begun(&self, year: &i16) -> bool {
        *year <= self.frame.today.year()
    }

    fn chart_width(&self, target: &Progress) -> i64 {
        let years = i64::try_from(target.by_year.len()).unwrap_or(0);
        years * BAR_STEP + 10
    }

    fn chart_words(&self, target: &Progress) -> String {
        self.frame.t1(
            "{}：各年度新增的柱形图，数字在下面的表里",
            self.title_name(target),
        )
    }

    fn middle(&self, bar: &Bar) -> i64 {
        bar.x + BAR_WIDTH / 2
    }

    fn above(&self, bar: &Bar) -> i64 {
        bar.y - 5
    }
}

/// Hundredths of a percent with one decimal, cut off: `93.7%`.
fn percent(basis_points: i64) -> String {
    format!("{}.{}%", basis_points / 100, basis_points % 100 / 10)
}

async fn index(State(app): State<App>, frame: Frame) -> PageResult {
    let progress = progress::city(&app).await?;
    page(&Index {
        standard: app.in_force().clone(),
        frame,
        progress,
    })
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_percentage_is_cut_off_and_never_rounded_up() {
        let check = |basis_points: i64, expect: &str| assert_eq!(percent(basis_points), expect);
        check(0, "0.0%");
        check(8_999, "89.9%");
        check(10_000, "100.0%");
        check(12_345, "123.4%");
    }
}
