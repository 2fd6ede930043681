using Google.Protobuf;

namespace Skep.Transport.Rpc;

/// <summary>One method of a gRPC service: its path and how to read its answer.</summary>
/// <param name="Path">"/package.Service/Method".</param>
public sealed record RpcMethod<TRequest, TResponse>(string Path, MessageParser<TResponse> Parser)
    where TRequest : IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>;
