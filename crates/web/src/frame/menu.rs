//! The menus: what everybody may open, and what somebody signed in works with.

use jianjia_domain::core::{
    place::UnitKind,
    policy::{Act, Role},
};

use crate::{frame::Frame, pages::round::address};

/// Whether the members of a unit of the kind rate its home: not a branch's, which is its union's, nor of those that only lead.
pub fn holds_ratings(kind: UnitKind) -> bool {
    !matches!(kind, UnitKind::Branch | UnitKind::District | UnitKind::City)
}

/// How many of the own links stand in the row: with those for everybody as many as a desk is wide.
const IN_ROW: usize = 7;

/// A link of the menu.
#[derive(Clone, Debug, PartialEq)]
pub struct MenuItem {
    pub href: String,
    pub word: &'static str,
    pub is_current: bool,
    /// Shown behind the word unless it is 0.
    pub count: i64,
}

impl Frame {
    /// The links for everybody.
    pub fn public_menu(&self) -> Vec<MenuItem> {
        [
            ("/", "首页"),
            ("/standard", "建家标准"),
            ("/progress", "进展"),
            ("/honours", "光荣册"),
            ("/cases", "案例库"),
            ("/publications", "公示"),
            ("/calendar", "年度日程"),
        ]
        .into_iter()
        .map(|(href, word)| self.item(href.to_owned(), word))
        .collect()
    }

    /// The links of somebody signed in: what stands in the row, and the rest, which is folded. The page that one is on stands in the row.
    pub fn own_menu(&self) -> (Vec<MenuItem>, Vec<MenuItem>) {
        let mut row = self.own_items();
        if row.len() <= IN_ROW + 1 {
            return (row, Vec::new());
        }
        let mut more = row.split_off(IN_ROW);
        if let Some(here) = more.iter().position(|item| item.is_current) {
            row.push(more.remove(here));
        }
        (row, more)
    }

    /// By what the roles work with, the most used first.
    fn own_items(&self) -> Vec<MenuItem> {
        if self.actor.is_none() {
            return Vec::new();
        }
        let messages = MenuItem {
            count: self.unread,
            ..self.item("/messages".to_owned(), "消息")
        };
        if self.is_department() {
            let list = self.item(address::OWN_DEPARTMENT.to_owned(), "答复清单");
            return vec![list, messages];
        }
        let mut menu = vec![self.item("/desk".to_owned(), "工作台"), messages];
        if let Some(at) = self
            .roles()
            .iter()
            .find(|at| matches!(at.role, Role::Clerk | Role::Chair))
        {
            menu.push(self.item(format!("/units/{}/home", at.unit.id), "我的家"));
            menu.push(self.item(format!("/units/{}/applications", at.unit.id), "我的申报"));
            if holds_ratings(at.unit.kind) {
                let rating = format!("/units/{}/rating/{}", at.unit.id, self.year);
                menu.push(self.item(rating, "会员民主测评"));
            }
        }
        let (leads, administers) = (self.leads(), self.has(Role::Administrator));
        let may = |act| self.roles_may(act);
        let sees_checks = may(Act::SeeSpotCheck);
        let offered = [
            (leads, "/reviews", "审核"),
            (leads || administers, "/units", "工会名册"),
            (leads && may(Act::SeeInsight), "/dashboard", "看板"),
            // The city's page of the spot checks leads to the rest.
            (sees_checks, "/spot-checks", "抽查"),
            (leads && !sees_checks, "/visits", "抽查检查"),
            (may(Act::SeeMoney), "/money", "经费"),
            (administers, "/accounts", "账号"),
            (self.has(Role::Auditor), "/audit", "审计"),
            (leads, "/vetoes", "否决登记"),
            (leads && may(Act::SeeLists), "/departments", "部门答复"),
            (may(Act::HandleObjection), "/objections", "异议"),
            (
                leads && !sees_checks && self.has(Role::Approver),
                "/renewals",
                "到期复核",
            ),
            (leads, "/insight/x-ray", "数据体检"),
            (leads, "/priority", "优先推荐"),
            (may(Act::AskWhatIf), "/what-if", "标准测算"),
            (may(Act::ImportUnits), "/imports", "导入"),
            (leads || administers, "/invitations", "邀请"),
            (may(Act::AnswerLetter), "/letters", "来信"),
        ];
        let offered = offered.into_iter().filter(|(is_offered, ..)| *is_offered);
        menu.extend(offered.map(|(_, href, word)| self.item(href.to_owned(), word)));
        menu
    }

    fn item(&self, href: String, word: &'static str) -> MenuItem {
        let is_current = self.path == href
            || (href != "/"
                && self
                    .path
                    .strip_prefix(&href)
                    .is_some_and(|rest| rest.starts_with('/')));
        MenuItem {
            href,
            word: self.t_fixed(word),
            is_current,
            count: 0,
        }
    }
}
