//! What is told of the browser of a session, so that its owner knows it again: a word for the program, one for the system, a coarse network.

use std::net::IpAddr;

jianjia_standard::keyed! {
    pub enum Program {
        Wechat = "wechat" / "微信",
        Dingtalk = "dingtalk" / "钉钉",
        Qq = "qq" / "QQ 浏览器",
        Edge = "edge" / "Edge",
        Firefox = "firefox" / "Firefox",
        Chrome = "chrome" / "Chrome",
        Safari = "safari" / "Safari",
        Other = "other" / "其他程序",
    }
}

jianjia_standard::keyed! {
    pub enum System {
        Harmony = "harmony" / "鸿蒙",
        Android = "android" / "安卓",
        Iphone = "iphone" / "iPhone 或 iPad",
        Windows = "windows" / "Windows",
        Mac = "mac" / "Mac",
        Linux = "linux" / "Linux",
        Other = "other" / "其他系统",
    }
}

/// A browser, as far as it is told. As text: `wechat/android`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    pub program: Program,
    pub system: System,
}

impl Device {
    /// From the line by which browsers name themselves. Many claim to be others as well, so the rarer name goes first.
    pub fn of_agent(agent: &str) -> Device {
        let programs = [
            ("MicroMessenger", Program::Wechat),
            ("DingTalk", Program::Dingtalk),
            ("QQBrowser", Program::Qq),
            ("Edg", Program::Edge),
            ("Firefox", Program::Firefox),
            ("FxiOS", Program::Firefox),
            ("Chrome", Program::Chrome),
            ("CriOS", Program::Chrome),
            ("Safari", Program::Safari),
        ];
        let program = programs.iter().find(|word| agent.contains(word.0));
        let systems = [
            ("HarmonyOS", System::Harmony),
            ("OpenHarmony", System::Harmony),
            ("Android", System::Android),
            ("iPhone", System::Iphone),
            ("iPad", System::Iphone),
            ("Windows", System::Windows),
            ("Macintosh", System::Mac),
            ("Linux", System::Linux),
        ];
        let system = systems.iter().find(|word| agent.contains(word.0));
        Device {
            program: program.map_or(Program::Other, |(_, program)| *program),
            system: system.map_or(System::Other, |(_, system)| *system),
        }
    }

    /// From its text; what is not known is another program on another system.
    pub fn read(text: &str) -> Device {
        let (program, system) = text.split_once('/').unwrap_or_default();
        Device {
            program: Program::from_key(program).unwrap_or(Program::Other),
            system: System::from_key(system).unwrap_or(System::Other),
        }
    }
}

impl std::fmt::Display for Device {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.program, self.system)
    }
}

/// The part of a network that stays the same where its subscriber gets another address every day: the first two numbers of an IPv4 address, the
/// first two groups of an IPv6 one. Empty when it is no address.
pub fn coarse(network: &str) -> String {
    let address = network.split(['/', '%']).next().unwrap_or_default();
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            let [first, second, ..] = address.octets();
            format!("{first}.{second}.*.*")
        }
        Ok(IpAddr::V6(address)) => {
            let [first, second, ..] = address.segments();
            format!("{first:x}:{second:x}:*")
        }
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_by_the_name_that_they_alone_have() {
        for (agent, text) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
                "edge/windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 13; V2120A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/107.0 Mobile Safari/537.36 MicroMessenger/8.0.37",
                "wechat/android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1",
                "safari/iphone",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
                "firefox/linux",
            ),
            ("curl/8.5.0", "other/other"),
        ] {
            let device = Device::of_agent(agent);
            assert_eq!(device.to_string(), text);
            assert_eq!(Device::read(text), device);
        }
        assert_eq!(Device::read("").to_string(), "other/other");
    }

    #[test]
    fn a_network_is_told_coarsely() {
        let told = ["58.216.12.7", "2001:db8:1:2::/64", "unknown", ""].map(coarse);
        assert_eq!(told, ["58.216.*.*", "2001:db8:*", "", ""]);
    }
}
