"""Pages of challenges, limits, logins and maintenance are none of the site's content, whatever their status.

The pages are written here after public descriptions of the products; none is a copy.
"""

# ruff: noqa: E501 -- markup and tables of cases stay on their lines
from __future__ import annotations

import pytest

from crawler.pages.outcomes import classify

URL = "http://www.a.gov.cn/czxx/t20260212_1.html"
NOT_OURS = {"blocked", "captcha", "error_page"}
CHALLENGES: dict[str, tuple[int, str]] = {
    "edgeone": (200, "<script>document.cookie='EO_Bot_Ssid=1';location.reload()</script>"),
    "ruishu": (202, "<meta id='9DhefwqGPrzGxEp9hPaoag' content='abcdefghijklmnopqrstuvwxyz' r='m'><script>$_ts=window['$_ts'];</script>"),
    "jiasule": (521, "<script>document.cookie=('_')+('_')+('jsl_clearance')</script>"),
    "wzws": (200, "<script>var dynamicurl='/WZWSREL3poZW5nY2U=';</script>"),
    "acw": (200, "<script>var arg1='C1A2';function setCookie(a,b){document.cookie='acw_sc__v2='+b;location.reload()}</script>"),
    "aliyun_captcha": (200, "<title>访问验证</title><script src='https://o.alicdn.com/captcha-frontend/aliyunCaptcha/AliyunCaptcha.js'></script>"),
    "aliyun_405": (405, "<title>405</title><div>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</div><img src='//errors.aliyun.com/images/1.png'>"),
    "tencent": (200, "<script src='https://turing.captcha.qcloud.com/TCaptcha.js'></script><p>为了您的访问安全，请完成验证</p>"),
    "huawei": (418, "<script>document.cookie='HWWAFSESID=1'</script><p>您的请求疑似攻击行为</p>"),
    "safeline": (468, "<title>安全检测能力由雷池提供</title><script src='/.safeline/static/challenge.js'></script>"),
    "baota": (200, "<title>检测中</title><p>正在检测您的浏览器，请稍候</p><script src='/renji_296d626f.js'></script>"),
    "yunjiasu": (503, "<title>百度云加速</title><p>正在进行浏览器检查</p><a href='http://su.baidu.com'>百度云加速</a>"),
    "chuangyu": (200, "<p>当前访问被创宇盾拦截</p><img src='https://www.365cyd.com/logo.png'>"),
    "360": (200, "<title>360网站卫士</title><p>您的访问行为异常</p>"),
    "words_in_a_picture": (200, "<p>请依次点击图中的文字以继续访问</p><canvas></canvas>"),
    "sum": (200, "<form>请计算：3 + 5 = <input name='a'></form>"),
    "slider": (200, "<div id='nc_1_wrapper'></div><script src='/nocaptcha/init.js'></script>"),
    "robot_check": (200, "<h1>Robot Check</h1><p>Sorry, we just need to make sure you're not a robot.</p>"),
    "no_robot": (200, "<button onclick='go()'>我不是机器人，点击继续</button>"),
    "yidun": (200, "<div id='captcha'></div><script src='https://cstaticdun.126.net/load.min.js'></script>"),
    "dingxiang": (200, "<script src='https://cdn.dingxiang-inc.com/ctu-group/captcha-ui/index.js'></script>"),
    "browser_test": (200, "<title>请稍候</title><p>正在进行浏览器安全性检测，请稍等片刻</p>"),
    "session": (200, "<title>提示</title><p>会话已过期，请刷新页面重试</p>"),
    "cookie": (200, "<p>请开启浏览器Cookie功能后重新访问本站</p>"),
    "text_message": (200, "<title>登录</title><form>手机号<input name='m'><button>获取短信验证码</button></form>"),
    "unauthorised_data": (200, '{"code":401,"msg":"未授权访问","data":null}'),
    "in_line": (200, "<h1>You are now in line</h1><p>Your estimated wait time is 2 minutes</p>"),
    "not_registered": (200, "<title>未备案提示</title><p>您访问的网站未备案，暂时无法访问</p>"),
    "not_open": (200, "<p>根据国家有关规定，本网站内容暂不开放</p>"),
    "for_sale": (200, "<a>域名出售</a><p>This domain may be for sale</p>"),
    "maintenance_in_english": (200, "<img alt='系统维护'><p>System maintenance in progress. We will be back soon.</p>"),
    "database": (200, "Error establishing a database connection"),
    "vbscript": (200, "<font>Microsoft VBScript 运行时错误 '800a01a8'</font><p>缺少对象</p>"),
    "upstream": (200, "<title>服务器错误</title><p>错误代码：ERR_CONNECT_FAIL 源站无法连接</p>"),
    "status_493": (493, "<p>blocked</p>"),
    "status_567": (567, "<title>访问提示</title>"),
    "xuanwu": (405, "<p>玄武盾提示：您的访问已被记录</p>"),
    "sangfor": (200, "<p>该页面已被拦截</p><!-- sangfor -->"),
    "nsfocus": (403, "<p>请求被绿盟WAF阻断</p>"),
    "safe_dog": (200, "<title>网站防火墙</title><p>您的请求带有不合法参数，已被网站管理员设置拦截！ 安全狗</p>"),
    "cloudflare": (403, "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"),
    "turnstile": (200, "<div class='cf-turnstile' data-sitekey='0x4'></div><p>Verify you are human</p>"),
    "incapsula": (200, "<iframe src='/_Incapsula_Resource?SWUDNSAI=31'></iframe>"),
    "akamai": (403, "<h1>Access Denied</h1><p>Reference #18.4 https://errors.edgesuite.net/18.4</p>"),
    "akamai_verify": (200, "<script>var bm_verify; x='bm-verify=AAQ';location.reload()</script>"),
    "f5": (200, "<p>The requested URL was rejected. Please consult with your administrator.</p><p>Your support ID is: 1</p>"),
    "f5_tspd": (200, "<script src='/TSPD/0823bcc4e3ab2000?type=9'></script><noscript>Please enable JavaScript</noscript>"),
    "fortiweb": (403, "<title>Web Page Blocked!</title><p>FortiGate Application Control</p>"),
    "sucuri": (403, "<script>sucuri_cloudproxy_js='';</script>"),
    "aws": (202, "<script>window.awsWafCookieDomainList=[];window.gokuProps={}</script>"),
    "datadome": (403, "<script src='https://ct.captcha-delivery.com/c.js'></script>"),
    "perimeterx": (200, "<div id='px-captcha'></div><p>Press and hold</p>"),
    "ddos_guard": (403, "<title>DDOS-GUARD</title><p>Checking your browser before accessing</p>"),
    "anubis": (200, "<title>Making sure you're not a bot!</title><script id='anubis_challenge' type='application/json'>{}</script>"),
    "recaptcha": (200, "<script src='https://www.google.com/recaptcha/api.js'></script><p>Are you a robot?</p>"),
    "geetest": (200, "<p>请完成下方滑动验证</p><script>initGeetest({})</script>"),
    "image_captcha": (200, "<form>请输入验证码<input name='code'><img src='/captcha.jpg'></form>"),
    "probe": (200, "<script src='/C2WF946J0/probe.js?v=vc1jasc'></script>"),
    "friendly": (200, "<div class='frc-captcha'></div><script src='https://cdn.jsdelivr.net/npm/friendly-challenge/widget.min.js'></script>"),
    "altcha": (200, "<altcha-widget challengeurl='/altcha'></altcha-widget><script src='/altcha.js'></script>"),
    "reblaze": (247, "<script>window.rbzns={};</script><script src='/c3650cdf-216a-4ba2-80b0-9d6c540b105e.js'></script>"),
    "shape": (200, "<script src='/resources/abcd.js?seed=AABBCC&X-abc--z=q' async></script>"),
    "barracuda": (200, "<title>Barracuda WAF</title><p>Please verify that you are human barra_counter_session</p>"),
    "stackpath": (200, "<title>Site verification</title><p>StackPath: This website is using a security service</p>"),
    "js_required": (200, "<noscript>您的浏览器未启用JavaScript，请启用后重新访问</noscript><script src='/_guard/auto.js'></script>"),
    "guard_delay": (200, "<script src='/_guard/delay_jump.js?js=delay_jump_html'></script>"),
    "guard_click": (200, "<title>Verification</title><p>点击下方按钮继续访问</p><button id='access'>进入网站</button><script src='/_guard/click.js?js=click_html'></script>"),
    "five_seconds": (200, "<title>五秒盾</title><p>正在检查您的网络环境，5秒后自动跳转</p><script>setTimeout(function(){},5000)</script>"),
    "holiday_wall": (200, "<p>为保障网络安全，重要保障期间本网站仅工作时间8:30-17:30开放访问</p>"),
    "vpn": (200, "<p>检测到您使用了代理或VPN，请关闭后重试</p>"),
    "ua_upgrade": (200, "<title>浏览器版本过低</title><p>您的浏览器版本过低，请升级浏览器或使用Chrome访问</p>"),
    "ipv6_only": (200, "<p>您的网络不支持访问本页面</p>"),
    "scan_login": (200, "<title>浙政钉扫码登录</title><p>请使用浙政钉扫描二维码登录</p><canvas></canvas>"),
    "puzzle": (200, "<p>请将拼图拖动到正确位置完成验证</p>"),
    "puzzle_text": (200, "<p>请输入图中字符后继续访问：</p><input name='c'><img src='/vcode'>"),
    "json_limit": (200, '{"code":429,"message":"request too fast"}'),
    "json_sign": (200, '{"success":false,"errMsg":"签名验证失败"}'),
    "gray": (200, "<p>本页面设置为灰度访问，请稍后</p>"),
    "blank_loading": (200, "<div class='loading'>Loading...</div><script src='/challenge/v2/a.js'></script>"),
    "for_a_moment": (200, "<p>很抱歉，当前页面暂时无法访问，可能原因：您的访问行为存在异常</p>"),
    "kasada": (429, "<script>window.KPSDK={};KPSDK.now=Date.now();</script><script src='/149e9513-01fa/2d206a39/ips.js'></script>"),
    "nginx_js": (200, "<html><body><script>function toNumbers(d){}var a=toNumbers('f655');document.cookie='__test='+toHex(slowAES.decrypt(c,2,a,b))+'; path=/';location.href='http://www.a.gov.cn/czxx/t20260212_1.html?i=1';</script><noscript>This site requires Javascript to work</noscript></body></html>"),
    "cookie_hash": (200, "<script>var h=md5('x');document.cookie='sid='+h+';path=/';setTimeout(function(){window.location.reload(true)},500)</script><div>正在跳转</div>"),
    "queue_zh": (200, "<p>前方排队人数较多，您前面还有 128 人，请耐心等待</p>"),
    "risk": (200, "<p>系统检测到您的请求存在风险，已自动拦截</p><p>请求ID：3f2a</p>"),
    "rotate": (200, "<p>拖动滑块，使图片角度为正</p><div class='rotate-captcha'></div>"),
    "waf_event": (200, "<title>访问被拦截</title><p>拦截事件ID: 20261130-1</p><p>如误报请联系管理员</p>"),
    "radware": (200, "<script src='https://validate.perfdrive.com/'></script><title>Radware Bot Manager Captcha</title><p>We apologize for the inconvenience</p>"),
    "rate_often": (200, "<p>您的访问过于频繁，请稍后再试</p>"),
    "rate_people": (200, "<p>当前访问人数过多，请稍后访问</p>"),
    "rate_clicks": (200, "<p>操作太频繁了，休息一下吧</p>"),
    "rate_english": (200, "<h1>Too Many Requests</h1>"),
    "region": (200, "<p>您所在的地区不允许访问本网站</p>"),
    "region_abroad": (403, "<p>本站仅限中国大陆境内访问</p>"),
    "region_ip": (200, "<p>您的IP地址已被限制访问</p>"),
    "maintenance": (200, "<title>提示</title><p>网站正在维护，给您带来不便敬请谅解</p>"),
    "upgrade": (200, "<p>系统升级中，请稍后访问</p>"),
    "closed_at_night": (200, "<p>为保障安全，夜间暂停访问</p>"),
    "login": (200, "<title>登录</title><form><input name='u'><input type='password' name='p'></form>"),
    "reloads": (200, "<html><script>setTimeout(function(){location.reload(true)},1500)</script></html>"),
    "to_itself": (200, "<html><script>var k=btoa(1);document.cookie='k='+k;window.location.href=window.location.href;</script></html>"),
    "only_a_cookie": (200, "<html><script>eval(function(p){document.cookie='x='+p}(7))</script></html>"),
    "imunify200": (200, "<title>One moment, please...</title><h1>Please wait while your request is being verified...</h1><script src='/z0f76a1d14fd21a8fb5fd0d03e0fdc3d3cedae52f'></script>"),
    "lua_waf200": (200, '<title>网站安全提醒</title><p>您的IP为: 1.2.3.4，欢迎在遵守白帽子道德准则的情况下进行安全测试</p>'),
    "yunsuo_cookie": (200, "<script type='text/javascript'>function YunSuoAutoJump(){var width=screen.width;self.location='/?security_verify_data='+stringToHex(width)}</script><script>setTimeout('YunSuoAutoJump()',50);</script>"),
    "s202_js": (202, "<html><head><meta charset='utf-8'></head><body onload='challenge()'><script>function challenge(){document.forms[0].submit()}</script><form action='' method='POST'><input type='hidden' name='t' value='ab12'></form></body></html>"),
    "autopost": (200, "<form id='f' method='post' action='/czxx/t20260212_1.html'><input type='hidden' name='__sig' value='8f3a'></form><script>document.getElementById('f').submit()</script>"),
    "ns_block_zh": (200, '<title>提示信息</title><p>您的访问请求已被系统记录，请通过正常浏览器访问本站。</p>'),
    "bot_zh": (200, '<p>系统检测到您的访问可能为机器程序，请完成下方操作以继续</p><button>我是真人</button>'),
    "hk_trad": (200, '<title>安全檢查</title><p>請稍候，正在驗證您的瀏覽器，完成後將自動轉至您要求的頁面。</p>'),
    "tw_limit": (200, '<p>您的連線次數過於頻繁，請稍後再試。</p>'),
    "tw_maint": (200, '<title>系統維護中</title><p>系統維護中，暫停服務，造成不便敬請見諒。</p>'),
    "tw_region": (200, '<p>本網站目前不開放境外IP瀏覽</p>'),
    "en_maint": (200, "<h1>We'll be back soon!</h1><p>Sorry for the inconvenience but we're performing some maintenance at the moment.</p>"),
    "en_busy": (200, '<h1>Server is too busy</h1>'),
    "en_denied200": (200, '<h1>Access to this resource on the server is denied!</h1>'),
    "en_enable_js": (200, '<title>Attention Required</title><p>Please enable JS and disable any ad blocker</p>'),
    "en_unusual": (200, '<p>Our systems have detected unusual traffic from your computer network.</p>'),
    "en_human": (200, '<p>Press &amp; Hold to confirm you are a human</p>'),
    "cn_upgrade_notice": (200, '<title>公告</title><p>因机房搬迁，本网站将于2026年11月28日至12月2日暂停访问，给您带来的不便敬请谅解。</p>'),
    "cn_holiday": (200, '<p>根据工作安排，网站国庆期间临时关闭，10月8日恢复。</p>'),
    "cn_intranet": (200, '<p>请使用电子政务外网访问</p>'),
    "cn_realname": (200, '<title>实名认证</title><p>查看该内容需要实名认证，请使用国家政务服务平台账号登录</p>'),
    "cn_expire": (200, '<p>链接已过期，请返回首页重新进入</p>'),
    "cn_timeout": (200, '<p>请求超时，请检查网络后重试</p>'),
    "cn_dns": (200, '<p>该域名已被管局要求暂停解析</p>'),
    "cn_unicom": (200, '<title>网站访问提示</title><p>温馨提示：该网站暂时无法进行访问。该网站未根据工信部相关法律规定进行备案或备案信息不符</p>'),
    "cn_arrears": (200, '<p>网站已到期，请联系服务商续费</p>'),
    "frame_challenge": (200, "<iframe src='/_captcha/index?u=1' width='100%' height='100%'></iframe>"),
    "noscript_only": (200, "<noscript><h1>请开启JavaScript并刷新该页.</h1></noscript><script src='/nWzBtW/x.js'></script>"),
    "eval_long": (200, "<script>eval(function(p,a,c,k,e,d){return p}('0 1',2,2,'a|b'.split('|'),0,{}))</script>"),
    "hash_redirect": (200, "<script>window.name='x';var u='/czxx/t20260212_1.html?__token='+Date.now();top.location.href=u;</script>"),
    "teapot": (418, "<h1>I'm a teapot</h1>"),
    "yd_cookie": (200, "<html><head><meta charset=utf-8><title></title></head><body><script>var _0x1={k:'a8'};document.cookie='yd_sec='+_0x1.k;location.replace(location.href)</script></body></html>"),
    "water": (200, "<title>提示信息</title><div class=box><p>您的操作太快了，请喝口水歇一会再来。</p><a href='/'>返回首页</a></div>"),
    "login_work": (200, "<title>政务内网门户</title><form action='/doLogin'><label>工号</label><input name='no'><label>口令</label><input type='password' name='pw'><button>登 录</button></form><a href='/forget'>忘记口令</a>"),
    "parked2": (200, "<title>a.gov.cn</title><h1>该域名正在出售</h1><p>如有意购买请联系 trade@example.com</p><a href='http://mi.example.com/'>立即报价</a>"),
    "cached_origin": (200, '<title>云防护缓存</title><h3>源站暂时不可达，当前显示为缓存页面</h3>'),
    "night": (200, "<title>温馨提示</title><p>为落实重要时期网络安全保障要求，本栏目每日22:00至次日8:00关闭外网访问。</p><p><a href='/'>首页</a>\u3000<a href='/zfxxgk/'>信息公开</a></p>"),
    "hidden_menu": (200, "<title>安全检查</title><div><a href='/'></a><a href='/xw/'></a></div><p>正在进行环境检测</p><script src='/ck.js'></script>"),
    "token_expired": (200, '<p>token invalid or expired</p>'),
    "json_forbid": (200, '{"ret":-1,"msg":"illegal access","data":{}}'),
    "json_busy": (200, '{"success":false,"message":"服务繁忙，请稍后再试"}'),
    "slide": (200, "<title>安全认证</title><div id='slide'>向右滑动解锁 &gt;&gt;</div><script src='/slide.js'></script>"),
    "traffic_over": (200, '<title>流量超限</title><p>本站当月流量已用完，下月自动恢复。</p>'),
    "openresty": (200, '<title>Welcome to OpenResty!</title><h1>Welcome to OpenResty!</h1><p>If you see this page, the OpenResty web platform is successfully installed.</p>'),
    "baota_new": (200, '<title>恭喜，站点创建成功！</title><h1>恭喜, 站点创建成功！</h1><h3>这是默认index.html，本页面由系统自动生成</h3>'),
    "ipv4_black": (200, '<p>Your IP 1.2.3.4 has been added to the blacklist. Contact support.</p>'),
    "app_only": (200, "<title>下载客户端</title><p>该内容仅在“掌上政务”App内查看，请下载后浏览</p><a href='/down'>立即下载</a>"),
    "sm_browser": (200, "<title>国密浏览器</title><p>请使用支持国密算法的浏览器访问本系统</p><a href='https://www.360.cn/'>下载</a>"),
    "real_name": (200, "<p>根据规定，查看本页面需完成实名认证</p><a href='/auth'>去认证</a>"),
    "queue_en": (200, '<title>Waiting Room</title><p>High demand. We will let you in shortly.</p>'),
    "weblogic": (200, '<h2>Error 500--Internal Server Error</h2><p>From RFC 2068 Hypertext Transfer Protocol</p>'),
    "s444": (444, ''),
}  # fmt: skip


@pytest.mark.parametrize("name", CHALLENGES)
def test_a_page_of_a_wall_is_not_the_sites(name: str) -> None:
    status, body = CHALLENGES[name]
    for expected in ("html", "any"):
        found = classify(status, (), body.encode(), expected, URL)
        assert found.name in NOT_OURS and found.evidence


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        ("<title>县统计局</title><div id='app'></div><script src='a.js'></script>", False),
        ("<p>来自 203.0.113.9 的连接已被策略丢弃</p>", False),
        ("<p><a href='1.xlsx'>下载</a></p>", True),
        ("<title>县统计局2026年部门预算</title><p>见下页</p>", True),
    ],
)
def test_a_short_page_is_an_announcement_only_if_a_word_of_one_is_in_it(body: str, is_one: bool) -> None:
    assert (classify(200, (), body.encode(), "any", URL).name == "content") is is_one


@pytest.mark.parametrize(
    "body",
    [
        "<title>安溪县教育局</title><ul><li><a href='1.html'>2026年部门预算</a></li></ul>",
        "<title>公告</title><meta name='ArticleTitle' content='关于系统维护的公告'><p>网站正在维护，敬请谅解</p>",
        "<title>公告</title><p>为防止访问过于频繁，本局对查询次数作出说明。</p>" + "<p>现将有关情况公告如下。</p>" * 40,
        "<title>部门预算</title><script>document.cookie='lang=zh';</script><a href='1.html'>教育局</a>",
        "<title>安溪县</title><div id='app'></div><noscript>Please enable JavaScript to continue.</noscript>",
        '{"code":200,"msg":"请求成功","data":[]}',
        "<title>部门预算</title><ul><li>请选择部门</li></ul>",
        "<title>部门预算</title><p>正文请见附件</p><iframe src='1.pdf'></iframe>",
        "<title>预算</title><p>本表收入合计1200万元，支出合计1200万元，境内收入占全部收入的百分之百，无国有资本经营预算。</p>",
    ],
)  # fmt: skip
def test_a_page_that_speaks_of_such_things_is(body: str) -> None:
    assert classify(200, (), body.encode(), "html", URL).name == "content"


def test_a_polite_robots_txt_is_one() -> None:
    assert classify(200, (), b"# please be kind\nUser-agent: *\nDisallow:", "robots", URL).name == "content"


def test_a_script_that_names_another_address_is_a_stub_and_no_challenge() -> None:
    body = b"<script>document.cookie='lang=zh';window.location.href='/zh/index.html'</script>"
    found = classify(200, (), body, "html", URL)
    assert (found.name, found.target) == ("redirect", "http://www.a.gov.cn/zh/index.html")


def test_a_redirect_to_itself_with_a_cookie_asks_for_the_cookie() -> None:
    headers = ((b"Location", b"/czxx/t20260212_1.html"), (b"Set-Cookie", b"sid=1; path=/"))
    assert classify(302, headers, b"", "html", URL).kind == "needs_cookie"
    assert classify(302, headers[:1], b"", "html", URL).name == "redirect"
    away = ((b"Location", b"/login"), headers[1])
    assert classify(302, away, b"", "html", URL).name == "redirect"


@pytest.mark.parametrize(
    ("content_range", "name"),
    [(b"bytes 0-5/6", "content"), (b"bytes 0-5/*", "content"), (b"bytes 0-5/900", "error_page"), (b"bytes 6-9/10", "error_page")],
)  # fmt: skip
def test_a_whole_answer_to_a_range_nobody_asked_for_is_read(content_range: bytes, name: str) -> None:
    headers = ((b"Content-Range", content_range),)
    assert classify(206, headers, b"%PDF-1.4\n%%EOF", "document", URL).name == name


@pytest.mark.parametrize("status", [200, 201, 203])
def test_statuses_that_hold_a_file(status: int) -> None:
    assert classify(status, (), b"%PDF-1.4\n%%EOF", "document", URL).name == "content"


def test_a_list_of_many_megabytes_is_an_outcome() -> None:
    body = b"<html>" + b"<p>x</p>" * 1_200_000
    assert classify(200, (), body, "html", URL).name == "too_large"
    assert classify(200, (), body, "any", URL).name == "content"
