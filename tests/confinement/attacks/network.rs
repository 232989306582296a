//! The network, and any other connection: there is the socket to the host, and no other can be had.

use nix::errno::Errno;
use nix::libc;

use super::{address, attacks, call, place};

/// The socket to the host.
const SOCKET: usize = 0;

fn socket(family: libc::c_int, kind: libc::c_int, protocol: libc::c_int) -> Result<String, Errno> {
    call(libc::SYS_socket, &[family as usize, kind as usize, protocol as usize])
}

/// Connects a new socket.
fn connect_anew(to: &[u8]) -> Result<String, Errno> {
    let socket = socket(libc::c_int::from(to[0]), libc::SOCK_STREAM, 0)?;
    let socket = socket.parse().map_err(|_| Errno::EINVAL)?;
    call(libc::SYS_connect, &[socket, address(to), to.len()])
}

/// 127.0.0.1:80.
const LOOPBACK: [u8; 16] = [libc::AF_INET as u8, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
/// A socket with a name and no file.
const ABSTRACT: [u8; 6] = [libc::AF_UNIX as u8, 0, 0, b'x', b'1', b'1'];

attacks! {
    "socket inet" => |_| socket(libc::AF_INET, libc::SOCK_STREAM, 0),
    "socket inet, datagrams" => |_| socket(libc::AF_INET, libc::SOCK_DGRAM, 0),
    "socket inet, raw" => |_| socket(libc::AF_INET, libc::SOCK_RAW, libc::IPPROTO_ICMP),
    "socket inet6" => |_| socket(libc::AF_INET6, libc::SOCK_STREAM, 0),
    "socket unix" => |_| socket(libc::AF_UNIX, libc::SOCK_STREAM, 0),
    "socket netlink" => |_| socket(libc::AF_NETLINK, libc::SOCK_RAW, 0),
    "socket packet" => |_| socket(libc::AF_PACKET, libc::SOCK_RAW, 0),
    "socket vsock" => |_| socket(libc::AF_VSOCK, libc::SOCK_STREAM, 0),
    "socket of the kernel's ciphers" => |_| socket(libc::AF_ALG, libc::SOCK_SEQPACKET, 0),
    "socket bluetooth" => |_| socket(libc::AF_BLUETOOTH, libc::SOCK_RAW, 1),
    "socket pair" => |_| {
        let mut pair = [0_i32; 2];
        call(libc::SYS_socketpair, &[libc::AF_UNIX as usize, libc::SOCK_STREAM as usize, 0, place(&mut pair)])
    },
    "connect to an address" => |_| call(libc::SYS_connect, &[SOCKET, address(&LOOPBACK), LOOPBACK.len()]),
    "connect to an abstract name" => |_| call(libc::SYS_connect, &[SOCKET, address(&ABSTRACT), ABSTRACT.len()]),
    "connect anew" => |_| connect_anew(&LOOPBACK),
    "connect anew to an abstract name" => |_| connect_anew(&ABSTRACT),
    "bind to an address" => |_| call(libc::SYS_bind, &[SOCKET, address(&LOOPBACK), LOOPBACK.len()]),
    "bind to an abstract name" => |_| call(libc::SYS_bind, &[SOCKET, address(&ABSTRACT), ABSTRACT.len()]),
    "listen" => |_| call(libc::SYS_listen, &[SOCKET, 1]),
    "accept" => |_| call(libc::SYS_accept4, &[SOCKET, 0, 0, 0]),
    "send to an address" => |_| {
        call(libc::SYS_sendto, &[SOCKET, address(c"x"), 1, 0, address(&LOOPBACK), LOOPBACK.len()])
    },
    "send to an abstract name" => |_| {
        call(libc::SYS_sendto, &[SOCKET, address(c"x"), 1, 0, address(&ABSTRACT), ABSTRACT.len()])
    },
    "send many messages" => |_| call(libc::SYS_sendmmsg, &[SOCKET, 0, 0, 0]),
    "receive many messages" => |_| call(libc::SYS_recvmmsg, &[SOCKET, 0, 0, 0, 0]),
    "ask for the host's name" => |_| {
        let mut name = [0_u8; 65 * 6];
        call(libc::SYS_uname, &[place(&mut name)])
    },
    "ask for the socket's name" => |_| {
        let (mut name, mut length) = ([0_u8; 128], 128_u32);
        call(libc::SYS_getsockname, &[SOCKET, place(&mut name), place(&mut length)])
    },
    "ask for the host's credentials" => |_| {
        let (mut credentials, mut length) = ([0_u32; 3], 12_u32);
        let (level, option) = (libc::SOL_SOCKET as usize, libc::SO_PEERCRED as usize);
        call(libc::SYS_getsockopt, &[SOCKET, level, option, place(&mut credentials), place(&mut length)])
    },
    "take hold of the host by its socket" => |_| {
        /// `SO_PEERPIDFD`
        const OPTION: usize = 77;
        let (mut descriptor, mut length) = (0_u32, 4_u32);
        let level = libc::SOL_SOCKET as usize;
        call(libc::SYS_getsockopt, &[SOCKET, level, OPTION, place(&mut descriptor), place(&mut length)])
    },
    "attach a filter to the socket" => |_| {
        let program = [0_u64; 2];
        let (level, option) = (libc::SOL_SOCKET as usize, libc::SO_ATTACH_FILTER as usize);
        call(libc::SYS_setsockopt, &[SOCKET, level, option, address(&program), size_of_val(&program)])
    },
    "shut the socket down" => |_| call(libc::SYS_shutdown, &[SOCKET, libc::SHUT_RDWR as usize]),
}

/// Sends its page map to the host, which has not asked for it, and says nothing more.
pub fn send_descriptor_away() {
    use std::os::fd::BorrowedFd;

    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

    let is_page_map = |line: &&str| line.ends_with("file of mode 400 and 0 bytes");
    let listed = super::files::descriptors();
    let number = listed
        .lines()
        .find(is_page_map)
        .and_then(|line| line.split_once(' ')?.0.parse().ok());
    let Some(number) = number else { return };
    // SAFETY: it was just seen to be open, and the process ends before anybody closes it.
    let page_map = unsafe { BorrowedFd::borrow_raw(number) };
    // SAFETY: standard input is open as long as the process lives.
    let socket = unsafe { BorrowedFd::borrow_raw(0) };
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let page_maps = [page_map];
    control.push(SendAncillaryMessage::ScmRights(&page_maps));
    let _ = sendmsg(socket, &[std::io::IoSlice::new(&[0])], &mut control, SendFlags::empty());
    std::process::exit(0);
}
