using System.Net;
using System.Net.Sockets;

namespace Skep.Linux.Nftables;

/// <content>What a rule does in the end.</content>
public sealed partial class NftRule
{
    private const uint DestinationNat = 1;

    public void Accept() => Decide(NftVerdict.Accept, null);

    public void Drop() => Decide(NftVerdict.Drop, null);

    public void Return() => Decide(NftVerdict.Return, null);

    public void Jump(string chain) => Decide(NftVerdict.Jump, chain);

    /// <summary>The source becomes the address of the link the packet leaves by.</summary>
    public void Masquerade()
    {
        Begin("masq");
        End();
    }

    /// <summary>The packet goes where a map says for its address, protocol and port.</summary>
    /// <param name="targets">Map of address . protocol . port to address . port, all of the family.</param>
    public void TranslateByAddress(AddressFamily family, NftSet targets)
    {
        uint slots = family == AddressFamily.InterNetwork ? 1u : 4u;
        LoadAddress(family, isSource: false, Register1);
        LoadMeta(Meta.TransportProtocol, FirstSlot + slots);
        LoadPayload(TransportHeader, 2, 2, FirstSlot + slots + 1);
        TranslateTo(family, targets);
    }

    /// <summary>The packet goes where a map says for its protocol and port.</summary>
    /// <param name="targets">Map of protocol . port to address . port.</param>
    public void TranslateByPort(AddressFamily family, NftSet targets)
    {
        LoadMeta(Meta.TransportProtocol, Register1);
        LoadPayload(TransportHeader, 2, 2, FirstSlot + 1);
        TranslateTo(family, targets);
    }

    public void TranslateTo(IPAddress address, int port)
    {
        uint slots = address.AddressFamily == AddressFamily.InterNetwork ? 1u : 4u;
        Immediate(Register1, address.GetAddressBytes());
        Immediate(FirstSlot + slots, [(byte)(port >> 8), (byte)port]);
        Translate(address.AddressFamily);
    }

    private void TranslateTo(AddressFamily family, NftSet targets)
    {
        Begin("lookup").Text(1, targets.Name).Be32(2, Register1).Be32(3, Register1);
        End();
        Translate(family);
    }

    /// <summary>The address is in register 1, the port in the slot behind it.</summary>
    private void Translate(AddressFamily family)
    {
        bool isV4 = family == AddressFamily.InterNetwork;
        uint portRegister = FirstSlot + (isV4 ? 1u : 4u);
        Begin("nat")
            .Be32(1, DestinationNat)
            .Be32(2, isV4 ? 2u : 10u)
            .Be32(3, Register1)
            .Be32(5, portRegister);
        End();
    }

    private void Immediate(uint register, ReadOnlySpan<byte> value)
    {
        Begin("immediate").Be32(1, register).NestMarked(2).Attribute(Nfta.DataValue, value).EndNest();
        End();
    }

    private void Decide(int code, string? chain)
    {
        Begin("immediate").Be32(1, VerdictRegister)
            .NestMarked(2).NestMarked(Nfta.DataVerdict).Be32(Nfta.VerdictCode, (uint)code);
        if (chain is not null)
        {
            messages.Text(Nfta.VerdictChain, chain);
        }

        messages.EndNest().EndNest();
        End();
    }
}
